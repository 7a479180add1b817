# The console's pages of users, and its search.

## States.

people-state-active = Active
people-state-invited = Invited
people-state-pending = Awaiting verification
people-state-locked = Locked
people-state-deactivated = Deactivated

## The list.

people-new = New user
people-import = Import
people-export = Export all as CSV
people-empty = There are no users yet
people-empty-hint = Connect an identity provider and it fills this list, import a file, or create the first user by hand.
people-empty-connection = Set up a connection
people-empty-import = Import a file
people-search = Name, user name or e-mail begins with
people-search-do = Search
people-filter = SCIM filter, as in the API
people-filter-do = Apply
people-filter-place = The filter, with the place marked
people-filter-column = Column { $column }:
people-filter-ignored = The filter is not applied.
people-filter-ignored-hint = The list shows everybody who matches the rest.
people-cut = Not everybody has been looked at.
people-cut-hint = This filter cannot be answered by an index. The next page goes on from here; there may be more.
people-state = State
people-chip-all = All
people-chip-deleted = Deleted
people-number-more = { $count }+
people-total = { $count ->
    [one] One user
   *[other] { $count } users
}
people-total-more = More than { $count } users
people-name = Name and user name
people-group = First group
people-no-group = none
people-more-groups = and { $count } more
people-from = From
people-from-here = Console
people-changed = Changed
people-actions = Actions
people-actions-for = Actions for { $name }
people-pick = Choose { $name }
people-pick-all = Choose all on this page
people-with-chosen = With the chosen users
people-chosen = { $count } chosen
people-act-edit = Edit
people-act-groups = Groups
people-act-join = Add to a group…
people-act-reset = Reset password…
people-act-lock = Lock…
people-act-unlock = Unlock…
people-act-activate = Activate…
people-act-deactivate = Deactivate…
people-act-end-sessions = End sessions…
people-act-delete = Delete…
people-none = Nobody is found
people-none-search = No name, user name or e-mail address begins with “{ $text }”.
people-none-filter = Nobody matches this filter.
people-none-state = Nobody is in this state.
people-show-all = Show all users
people-deleted-none = Nobody has been deleted
people-deleted-hint = The accounts are gone for good. What is listed here is the trace that they have left; it goes by itself after some time.
people-deleted-by = Deleted by
people-deleted-at = Deleted at
people-deleted-users = Deleted users
people-purge = Purge…
people-crumbs = Where this is
people-back = All users
people-cancel = Cancel
people-continue = Continue

## Several at once.

people-nothing-yet = Nothing has happened yet. This is what will.
people-what-happens = What happens
people-what-happened = What has happened
people-state-now = State now
people-nothing-happens = Nothing would change for any of them.
people-warning-owned = { $count ->
    [one] One of them comes from a connection.
   *[other] { $count } of them come from a connection.
}
people-warning-owned-hint = The next change at the identity provider may undo this. To keep somebody out, lock the account, or change it there.
people-unknown = Somebody who is gone
people-lock-reason = Reason
people-lock-reason-hint = Operators see it; the person does not.
people-type-number = To confirm, type the number of users: { $count }
people-type-hint = This cannot be undone.
people-error-tick = Tick the box to confirm what will happen.
people-error-type = This is not the number of users who will be deleted.
people-error-group = Choose a group.
people-join-lead = Choose the group that they join. Nothing happens before you have seen what will.
people-seek-group = Group name begins with
people-no-groups-found = No group is found.
people-members = { $count ->
    [one] One member
   *[other] { $count } members
}
people-members-more = More than { $count } members
people-failed = { $count ->
    [one] It did not work for one user.
   *[other] It did not work for { $count } users.
}
people-failed-hint = What is said beside them is why. The others are done.
people-title-lock = { $count ->
    [one] Lock one user
   *[other] Lock { $count } users
}
people-do-lock = { $count ->
    [one] Lock one user
   *[other] Lock { $count } users
}
people-title-unlock = { $count ->
    [one] Unlock one user
   *[other] Unlock { $count } users
}
people-do-unlock = { $count ->
    [one] Unlock one user
   *[other] Unlock { $count } users
}
people-title-end-sessions = { $count ->
    [one] End the sessions of one user
   *[other] End the sessions of { $count } users
}
people-do-end-sessions = { $count ->
    [one] End the sessions of one user
   *[other] End the sessions of { $count } users
}
people-title-activate = { $count ->
    [one] Activate one user
   *[other] Activate { $count } users
}
people-do-activate = { $count ->
    [one] Activate one user
   *[other] Activate { $count } users
}
people-title-deactivate = { $count ->
    [one] Deactivate one user
   *[other] Deactivate { $count } users
}
people-do-deactivate = { $count ->
    [one] Deactivate one user
   *[other] Deactivate { $count } users
}
people-title-delete = { $count ->
    [one] Delete one user
   *[other] Delete { $count } users
}
people-do-delete = { $count ->
    [one] Delete one user
   *[other] Delete { $count } users
}
people-title-group = { $count ->
    [one] Add one user to a group
   *[other] Add { $count } users to a group
}
people-do-group = { $count ->
    [one] Add one user to a group
   *[other] Add { $count } users to a group
}
people-done-lock = { $count ->
    [one] One user is locked
   *[other] { $count } users are locked
}
people-done-unlock = { $count ->
    [one] One user is unlocked
   *[other] { $count } users are unlocked
}
people-done-end-sessions = { $count ->
    [one] The sessions of one user have ended
   *[other] The sessions of { $count } users have ended
}
people-done-activate = { $count ->
    [one] One user is active
   *[other] { $count } users are active
}
people-done-deactivate = { $count ->
    [one] One user is deactivated
   *[other] { $count } users are deactivated
}
people-done-delete = { $count ->
    [one] One user is deleted
   *[other] { $count } users are deleted
}
people-done-group = { $count ->
    [one] One user is added to the group
   *[other] { $count } users are added to the group
}
people-will-lock = Is locked
people-will-unlock = Is unlocked
people-will-end-sessions = Sessions end
people-will-activate = Is activated
people-will-deactivate = Is deactivated
people-will-delete = Is deleted for good
people-will-group = Joins the group
people-will-lock-sessions = { $count ->
    [one] Is locked; one session ends
   *[other] Is locked; { $count } sessions end
}
people-will-deactivate-sessions = { $count ->
    [one] Is deactivated; one session ends
   *[other] Is deactivated; { $count } sessions end
}
people-will-delete-sessions = { $count ->
    [one] Is deleted for good; one session ends
   *[other] Is deleted for good; { $count } sessions end
}
people-will-end-sessions-sessions = { $count ->
    [one] One session ends
   *[other] { $count } sessions end
}
people-has-lock = Is locked
people-has-unlock = Is unlocked
people-has-end-sessions = All sessions have ended
people-has-activate = Is active
people-has-deactivate = Is deactivated
people-has-delete = Is deleted
people-has-group = Is a member
people-already-locked = Nothing: is locked already
people-already-unlocked = Nothing: is not locked
people-already-active = Nothing: may be used already
people-already-deactivated = Nothing: is deactivated already
people-already-without-sessions = Nothing: there are no sessions
people-already-member = Nothing: is a member already
people-not-reached = Nothing: this is an operator, and your role does not manage operators
people-not-customer = Nothing: operators are not in groups of customers
people-not-as-seen = Nothing: the account has changed meanwhile; look at it again
people-gone = Nothing: there is nobody with this id any more

## A new user.

people-steps = Steps
people-step-person = Person
people-step-check = Check
people-step-done = : done
people-step-back = Back
people-kind = Kind of account
people-kind-customer = Customer
people-kind-operator = Operator
people-address = E-mail address
people-username = User name
people-username-hint = The person signs in with it. As a rule it cannot be changed later.
people-email = E-mail address for letters
people-email-hint = Needed for an invitation by mail.
people-given = First name
people-family = Last name
people-full-name = Name
people-unsaid = not said
people-language = Language of letters and pages
people-language-unsaid = Not said
people-language-hint = The person can change it.
people-way = How does the person get a password?
people-way-invite = Send an invitation
people-way-invite-hint = { $count ->
    [one] A letter with a link to choose a password. The link works for one hour.
   *[other] A letter with a link to choose a password. The link works for { $count } hours.
}
people-way-link = Copy the invitation link
people-way-link-hint = You get the link and hand it over yourself. No mail is sent.
people-way-temporary = Set a temporary password
people-way-temporary-hint = { $count ->
    [one] It is shown to you once, works for one hour, and must be changed at the first sign-in.
   *[other] It is shown to you once, works for { $count } hours, and must be changed at the first sign-in.
}
people-way-none = None
people-way-none-hint = The person signs in through an identity provider only.
people-help = Help
people-help-customer = A customer signs in to your applications and to the own account. For people who work in this console, create an operator.
people-help-unique = A user name is unique within this organization. The same one may exist in another organization.
people-groups-lead = Groups can be changed at any time.
people-group-chosen = Chosen
people-nothing-created = Nothing is created yet.
people-password = Password
people-password-typed = Temporary password of your own
people-password-typed-hint = Left empty, one is generated.
people-create = Create user
people-error-username = Enter a user name.
people-error-address = This is no e-mail address. Enter one like name@example.com.
people-error-email = This is no e-mail address.
people-error-no-address = An invitation needs an e-mail address. Enter one, or choose another way to a password.
people-error-taken = Somebody has this user name already.
people-open-present = Open { $name }
people-created = { $name } is created
people-is-there = The account is there.
people-letter-goes = A letter goes to { $address }.
people-becomes-active = It becomes active when a password is chosen.
people-link = Invitation link
people-link-hint = Hand it over on a way that only the person can read. It works once, and is not shown again.
people-temporary = Temporary password
people-temporary-hint = It is shown this once. It must be changed at the first sign-in.
people-good-until = Good until { $time }
people-open = Open the user
people-create-another = Create another

## Many at once, from a sheet.

people-import-title = Import users
people-import-lead = The first run is a trial: you see what would become of each row, and nothing is created.
people-import-file = CSV file
people-import-text = Or paste rows, or e-mail addresses
people-import-text-hint = A file comes first, if one is chosen.
people-import-try = Try it out
people-import-help = The first line names the columns. Only the user name is needed.
people-import-help-groups = Several groups are told apart by a bar. E-mail addresses alone, one on a line, will do as well.
people-import-nothing = Choose a file, or paste rows.
people-import-too-large = This is more than { $count } kB, the most that is read here. The command line takes larger files.
people-import-rows = { $count ->
    [one] One row.
   *[other] { $count } rows.
}
people-import-rehearsal = This was a trial: nothing is created yet.
people-import-table = Rows of the file
people-import-line = Line
people-import-outcome = Outcome
people-import-created = Created
people-import-will = Will be created
people-import-skipped = Passed over: exists already
people-import-failed = Refused
people-import-refused = { $count ->
    [one] One row was passed over or refused.
   *[other] { $count } rows were passed over or refused.
}
people-import-hidden = { $count ->
    [one] One more row is not shown.
   *[other] { $count } more rows are not shown.
}
people-import-create = { $count ->
    [one] Create one user
   *[other] Create { $count } users
}
people-import-other = Choose another file
people-import-done = { $count ->
    [one] One user is created
   *[other] { $count } users are created
}
people-import-links = Invitation links
people-import-passwords = Temporary passwords
people-import-secrets-hint = They are shown this once. Copy them now, and hand each over on a way that only the person can read.

## Search.

people-found = Found for “{ $text }”
people-found-all = Show all
people-found-pages = Pages
people-found-nothing = Nothing is found
people-found-nothing-hint = It is looked for at the beginning of names, user names and e-mail addresses.
people-a-connection = Connection
people-a-page = Page
people-words-dashboard = Overview, Home, Start
people-words-users = Manage, User Management, Customers, People, Accounts
people-words-groups = Teams, Manage groups
people-words-operators = Back office, Content, Content Management, Administrators, Collaborators, Roles, Agents
people-words-connections = Identity providers, Provisioning, SCIM, Tokens, Directory sync
people-words-log = Requests, Logs, Errors
people-words-audit = History, Changes, Audit log
people-words-attributes = Profile, Fields, Schema, Manage attributes
people-words-workbench = Try, API, Requests by hand
people-words-settings = Configuration, Policies, Passwords, Mail, Registration, Preferences
