# The pages of one person in the console.

## The head of a person's pages

person-crumbs = Where this is
person-tabs = Pages of this person
person-tab-profile = Profile
person-tab-groups = Groups
person-tab-sign-in = Sign-in and sessions
person-tab-assigned = Assigned to
person-tab-history = History
person-tab-json = JSON
person-tab-danger = Danger zone
person-operator = Operator
person-edit = Edit
person-more = More
person-new = New user
person-save = Save
person-cancel = Cancel
person-none = none
person-blank = Not filled in
person-never = never
person-yes = Yes
person-no = No
person-unsaid = Not said
person-state-active = Active
person-state-invited = Invited
person-state-pending = Waits for confirmation
person-state-locked = Locked
person-state-deactivated = Deactivated

## What can be done

person-lock = Lock…
person-unlock = Unlock…
person-activate = Activate…
person-deactivate = Deactivate…
person-approve = Approve…
person-invite = Send invitation…
person-reset = Reset password…
person-assign = Assign to an operator
person-detach = Detach…
person-delete = Delete…
person-refused-role = Your role does not allow this.
person-refused-operators = Only owners change operators.

## The profile

person-section = Person
person-section-enterprise = Enterprise
person-managed-by = Managed by
person-about = About the record
person-record = Record
person-source = Source
person-source-admin = An operator
person-source-self = The person
person-source-csv = An import
person-source-other = Another program
person-foreign-id = Id at the source
person-created = Created
person-changed = Changed
person-version = Version
person-id = Id
person-last-sign-in = Last sign-in

## The form

person-edit-title = Edit { $name }
person-owned-hint = What a connection manages is changed there.
person-more-rows = Add more
person-rows-hint = A line that is emptied is removed.
person-hint-is = This is { $name }. A user name or an id can be typed.
person-hint-username = The name to sign in with.
person-hint-displayname = What others see in lists and letters.
person-hint-preferredlanguage = A language such as de. Pages and letters are in it.
person-hint-locale = A language and a region such as en-GB.
person-hint-timezone = A time zone such as Europe/Berlin.
person-hint-profileurl = A web address such as https://www.example.com.
person-hint-manager = The user name or the id of another user.
person-field-name = Name
person-field-externalid = External id
person-field-active = Active
person-field-password = Password
person-field-groups = Groups
person-field-preferredlanguage = Language
person-field-phonenumbers = Telephone
person-field-ims = Chat addresses
person-field-photos = Pictures
person-field-addresses = Postal addresses
person-field-entitlements = Entitlements
person-field-roles = Roles at the source
person-field-manager = Manager
person-part-value = Value
person-part-type = Kind
person-part-primary = Primary
person-part-formatted = Whole address
person-part-streetaddress = Street
person-part-locality = Town
person-part-region = Region
person-part-postalcode = Postal code
person-part-country = Country
person-type-work = Work
person-type-home = Home
person-type-other = Other
person-type-mobile = Mobile
person-type-fax = Fax
person-type-pager = Pager
person-type-photo = Photo
person-type-thumbnail = Small picture
person-error-number = Enter a number such as 12 or 1.5.
person-error-moment = Enter a date and a time such as 2027-03-31T12:00:00Z.
person-error-nobody = There is no user of that name or id.

## Somebody else has saved

person-conflict-title = Somebody else has changed this user
person-conflict-lead = { $name } saved something on { $when }, after you opened the form. Nothing of yours is saved yet.
person-differences = Differences
person-attribute = Attribute
person-opened = When you opened it
person-theirs = Saved meanwhile
person-yours = Yours
person-keep-theirs = Keep theirs:
person-write-mine = Write mine over it:
person-not-yours = not changed by you
person-save-choice = Save my choice
person-discard = Discard mine
person-back-to-form = Back to the form

## Groups

person-groups-none = In no group yet.
person-groups-count = { $count ->
    [one] In { $count } group
   *[other] In { $count } groups
}
person-group = Group
person-membership = Membership
person-direct = Direct
person-indirect = Through another group
person-indirect-hint = A membership through another group ends when that one ends.
person-choose = Choose
person-with-groups = With the chosen groups
person-leave = Remove from these groups…
person-leave-pick = Remove from { $name }
person-join = Add to groups
person-join-title = Add { $name } to groups
person-join-pick = Add to { $name }
person-join-search = Beginning of the name
person-search = Search
person-join-none = No group of that name.
person-join-none-hint = Type the beginning of another name, or nothing to see the first groups.
person-join-already = is a member already
person-join-review = Review…
person-join-more = There are more. Type more of the name.
person-regroup-title = Change the groups of { $name }?
person-regroup-nothing = No group was chosen.
person-regroup-adds = { $count ->
    [one] Added to { $count } group.
   *[other] Added to { $count } groups.
}
person-regroup-removes = { $count ->
    [one] Removed from { $count } group.
   *[other] Removed from { $count } groups.
}
person-changes = Changes
person-change = Change
person-added = Added
person-removed = Removed

## Sign-in

person-account = Account
person-state = State
person-reason = Reason
person-reason-hint = Other operators see it. The person does not.
person-reason-failedattempts = Too many wrong passwords
person-locked-since = Locked since
person-locked-until = Locked until
person-until-unlocked = an operator unlocks it
person-letters-to = Letters go to
person-address = Address
person-address-proven = Confirmed by a link
person-address-unproven = Not confirmed
person-password = Password
person-password-set = Set
person-password-none = There is none
person-password-temporary = Temporary, to be changed at the first sign-in
person-password-expired = The temporary one has expired
person-password-changed = Changed
person-password-expires = Works until
person-failures = Wrong in a row
person-failures-of = { $count } of { $limit }
person-last-failure = Last wrong password
person-sessions = Sessions
person-sessions-none = No session.
person-where = Where
person-last-used = Last used
person-since = Since
person-actions = Actions
person-end = End
person-end-session = the session { $name }
person-end-all = End all…
person-token = API token
person-browser-unknown = Unknown browser
person-letters = Letters
person-letters-none = No letter was sent lately.
person-letter = Letter
person-when = When
person-outcome = Outcome
person-letter-sent = Sent
person-letter-failed = Not sent
person-letter-waits = On its way
person-letter-invite = Invitation
person-letter-reset = Link to set a password
person-letter-reset-by-administrator = Link to set a password, by an operator
person-letter-verify = Link to confirm the address
person-letter-registered-already = There is an account already
person-letter-approved = The account is approved
person-letter-password-changed = The password was changed
person-letter-locked = The account was locked
person-letter-locked-automatically = The account was locked for a while
person-letter-second-factor-removed = The second factor was removed
person-factor = Second factor since
person-factor-none = There is none
person-factor-reset = Remove second factor…
person-factor-reset-title = Remove the second factor of { $name }?
person-factor-reset-words = For whoever has lost it. Every session ends, a letter tells of it, and the password alone lets the operator in.
person-factor-reset-tick = I have made sure who asks for this
person-factor-reset-button = Remove
person-letter-address-changed = The address was changed

## Assigned to

person-assigned-nobody = Nobody looks after this customer.
person-assigned-rule = A customer is assigned to one operator at a time.
person-assigned-operator = Customers are assigned to operators, operators to nobody.
person-customers = Customers of this operator
person-assigned-choose = Operator
person-assigned-ends = The assignment to { $name } ends.
person-assigned-end = End the assignment
person-error-operator = Choose an operator.

## History

person-by = By
person-by-anybody = Anybody
person-by-connections = Connections
person-by-operators = Operators
person-by-person = The person
person-by-connection = connection { $name }
person-apply = Apply
person-history-none = Nothing was done.
person-in-log = Request in the provisioning log
person-changes-at = What changed on { $when }
person-before = Before
person-after = After
person-did-create = Created by
person-did-modify = Changed by
person-did-replace = Replaced by
person-did-delete = Deleted by
person-did-revive = Brought back by
person-did-detach = Detached by
person-did-view-as-customer = Viewed as customer by
person-did-end-sessions = Sessions ended by
person-did-purge = Erased by
person-did-add-second-factor = Second factor set up by
person-did-remove-second-factor = Second factor removed by
person-did-new-recovery-codes = Recovery codes made by
person-did-use-recovery-code = Recovery code used by
person-did-create-operator-token = API token made by
person-secret-set = set
person-secret-removed = removed

## The resource

person-json-title = As the API answers it
person-workbench = Open in the workbench

## Questions before something is done

person-how = How?
person-no-way-back = This cannot be taken back.
person-lock-title = Lock { $name }?
person-lock-words = Every session ends at once, and no sign-in is possible until the account is unlocked.
person-lock-owned = Every session ends at once, and no sign-in is possible until the account is unlocked. What { $connection } does with the account is not changed.
person-lock-tick = I want to lock this account
person-lock-button = Lock the account
person-unlock-title = Unlock { $name }?
person-unlock-words = The person can sign in again, unless the account is deactivated.
person-unlock-button = Unlock the account
person-activate-title = Activate { $name }?
person-activate-words = The account can be used again.
person-activate-button = Activate the account
person-deactivate-title = Deactivate { $name }?
person-deactivate-words = The longer measure: every session ends, and the account cannot be used until it is activated.
person-deactivate-owned = The longer measure. The account belongs to { $connection }: deactivate it there, or lock it here.
person-deactivate-button = Deactivate the account
person-approve-title = Approve { $name }?
person-approve-words = The person has registered. The account becomes active, and a letter says so.
person-approve-button = Approve
person-invite-title = Invite { $name }?
person-invite-words = The link leads to a page for choosing a password. Earlier links are void.
person-invite-button = Invite
person-reset-title = Reset the password of { $name }
person-reset-button = Reset password
person-reset-block = Refuse the present password from now on
person-reset-block-hint = Otherwise it works until the link is used.
person-way-mail = Send a link
person-way-mail-hint = To { $address }. It works for { $life }.
person-way-mail-none = The person has no mail address.
person-way-link = Copy the link
person-way-link-hint = You hand it over yourself. No mail is sent. It works for { $life }.
person-way-temporary = Set a temporary password
person-way-temporary-hint = It is generated and shown to you once. It works for { $life }. Every session ends.
person-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
person-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
person-end-sessions-title = End every session of { $name }?
person-end-sessions-words = { $count ->
    [one] { $count } session ends. The person can sign in again.
   *[other] { $count } sessions end. The person can sign in again.
}
person-end-sessions-button = End all sessions
person-detach-title = Detach { $name }?
person-detach-words = What { $connection } manages can be edited here from then on, and { $connection } no longer finds the user.
person-detach-none = No connection looks after this user.
person-detach-button = Detach the user
person-delete-title = Delete { $name }?
person-delete-words = Cannot be taken back. The user name is free again. The name stays in the list of the deleted for a while.
person-delete-groups = { $count ->
    [one] { $count } membership ends.
   *[other] { $count } memberships end.
}
person-delete-sessions = { $count ->
    [one] { $count } session ends.
   *[other] { $count } sessions end.
}
person-delete-gone = Every later call of the API for this id is answered 404.
person-delete-type = Type the user name to confirm
person-delete-tick = I want to delete this account for good
person-delete-button = Delete for good
person-purge-title = Erase what is left of { $name }?
person-purge-words = The entry among the deleted goes, and the values in the history.
person-purge-tick = I want to erase this for good
person-purge-button = Erase
person-deleted-list = Deleted
person-error-reason = Enter at most 200 characters, on one line.
person-error-typed = This is not the user name. Type it as it is shown.
person-error-way = Choose how.

## Shown once

person-password-made = Temporary password of { $name }
person-password-words = It is shown this once. It works until { $when } and must be changed at the first sign-in.
person-link-made = Link for { $name }
person-link-words = Hand it over on a way that only the person can read. It works once, until { $when }, and is not shown again.
person-link = Link
person-open = Open the user

## What has just been done

person-notice-activated = The account is active.
person-notice-approved = The account is approved.
person-notice-assigned = The customer is assigned.
person-notice-deactivated = The account is deactivated.
person-notice-deleted = The account is deleted.
person-notice-detached = The user is looked after here now.
person-notice-factor = The second factor is removed.
person-notice-groups = The groups are changed.
person-notice-invited = The invitation is on its way.
person-notice-locked = The account is locked.
person-notice-nothing = Nothing was changed.
person-notice-purged = What was left is erased.
person-notice-released = Nobody looks after the customer now.
person-notice-reset = The link is on its way.
person-notice-session = The session is ended.
person-notice-sessions = All sessions are ended.
person-notice-unlocked = The account is unlocked.
person-as-customer = View as customer
person-as-customer-words = You see what { $name } sees in their account. Nothing can be changed here, and the history says that you looked.
person-as-customer-changes = can be changed
