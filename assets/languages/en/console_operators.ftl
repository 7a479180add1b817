# The pages of operators in the console.

operators-new = New operator
operators-lead = People who work in this console.
operators-empty = You are the only operator
operators-empty-detail = Invite somebody else, so that the console can still be used when you are away.
operators-search = Name or user name begins with
operators-none = No operator is found
operators-show-all = All operators
operators-all = All
operators-count = { $count ->
    [one] { $count } operator
   *[other] { $count } operators
}
operators-count-more = More than { $count } operators
operators-person = Name and user name
operators-role = Role
operators-roles = Roles
operators-no-role = none
operators-factor = Second factor
operators-factor-on = On
operators-factor-off = Off
operators-customers = Customers
operators-last = Last sign-in
operators-never = never
operators-open = Open
operators-assign-customers = Assign customers
operators-reset = Reset password…
operators-lock = Lock…
operators-activate = Activate…
operators-deactivate = Deactivate…
operators-delete = Delete…
operators-profile = Profile
operators-account = Account
operators-username = User name
operators-username-hint = The name to sign in with, most often an e-mail address.
operators-mail = E-mail address
operators-mail-hint = Where letters go. If it is left empty, the user name is used when it is an address.
operators-given = First name
operators-family = Last name
operators-language = Language
operators-language-any = As the browser
operators-language-hint = Of the pages and of letters.
operators-role-owner = Everything, operators included.
operators-role-admin = Customers and their groups.
operators-role-helpdesk = Passwords and locks of customers.
operators-role-auditor = To look at everything and change nothing.
operators-agent = May see what assigned customers see
operators-agent-hint = A mark that applications read; the console itself shows nothing more for it.
operators-way = How does the person get a password?
operators-way-invite = Send an invitation
operators-way-invite-hint = A letter with a link to choose a password.
operators-way-link = Copy the invitation link
operators-way-link-hint = You get the link and hand it over yourself. No mail is sent.
operators-way-temporary = Set a temporary password
operators-way-temporary-hint = It is generated, shown to you once, and must be changed at the first sign-in.
operators-create = Create operator
operators-help = Help
operators-help-what = An operator signs in to this console and works there as the role allows. For people who use your applications, create a user.
operators-help-groups = A role comes with a group of operators. The first operator of a role gets the group with it.
operators-open-twin = Open who has this user name
operators-created-title = { $name } is created
operators-created = The account is there.
operators-link = Invitation link
operators-link-detail = Hand it over on a way that only the person can read. It works once and is not shown again.
operators-password = Temporary password
operators-password-detail = It is shown this once and must be changed at the first sign-in.
operators-good-until = Good until
operators-open-created = Open the operator
operators-another = Create another
operators-given-or-not = Given
operators-has = Given
operators-has-not = Not given
operators-give = Give
operators-take = Take away
operators-error-username = Enter a user name.
operators-error-role = Choose a role.
operators-error-taken = Somebody has this user name, or this address, already.
operators-error-last-owner = This is the last owner who can sign in. Make another operator an owner first.
operators-error-other-group = The operator still has the role { $role } by another group. Remove the operator from that group.
operators-customers-title = Customers of { $name }
operators-customers-lead = A customer is assigned to one operator at a time.
operators-customers-count = { $count ->
    [one] { $count } customer
   *[other] { $count } customers
}
operators-customers-count-more = More than { $count } customers
operators-customer = Customer
operators-free = Customers to assign
operators-free-none = No customer is found
operators-own-none = No customer is assigned
operators-assigned = Assigned
operators-assigned-here = assigned here
operators-assigned-to = Assigned to
operators-nobody = nobody
operators-choose = Choose
operators-choose-one = Choose { $name }
operators-with-chosen = With the chosen customers
operators-with-assigned = With the chosen assignments
operators-assign = Assign
operators-end = End the assignment
operators-takeover-title = { $count ->
    [one] { $count } customer has another operator
   *[other] { $count } customers have another operator
}
operators-takeover-done = { $count ->
    [one] { $count } customer is assigned now. These are not yet.
   *[other] { $count } customers are assigned now. These are not yet.
}
operators-takeover-table = Customers of other operators
operators-takeover-detail = Who is chosen moves to { $name }, and the assignment to the other operator ends.
operators-take-one = Take over { $name }
operators-move = Move here
operators-leave = Leave it
operators-notice-assigned = The customers are assigned.
operators-notice-ended = The assignments have ended.
operators-notice-moved = The customers have moved here.
operators-notice-given = The role is given.
operators-notice-taken = The role is taken away.
operators-notice-invited = The operator is created, and an invitation is on its way.
