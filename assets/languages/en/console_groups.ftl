# The pages of groups in the console.

groups-new = New group
groups-group = Group
groups-crumbs = Where this is
groups-tabs = This group
groups-members = Members
groups-member = Member
groups-person = Person
groups-history = History
groups-edit = Edit
groups-delete = Delete…
groups-add = Add members
groups-add-more = Add more
groups-cancel = Cancel
groups-back = Back to the group
groups-save = Save
groups-find = Search
groups-apply = Apply
groups-actions = Actions
groups-actions-for = Actions for { $name }
groups-search = Name begins with
groups-filter = SCIM filter, as in the API
groups-filter-refused = The filter is not applied. The list is shown without it.
groups-for = For
groups-for-everybody = Everybody
groups-for-customers = Customers
groups-for-operators = Operators
groups-from = From
groups-from-console = Console
groups-changed = Changed
groups-state = State
groups-state-active = Active
groups-state-invited = Invited
groups-state-pending = Awaits verification
groups-state-locked = Locked
groups-state-deactivated = Deactivated
groups-kind-group = Group
groups-count = { $count ->
    [one] { $count } group
   *[other] { $count } groups
}
groups-count-more = More than { $count } groups
groups-number-more = more than { $count }
groups-members-count = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
groups-members-count-more = More than { $count } members
groups-changes-count = { $count ->
    [one] { $count } change
   *[other] { $count } changes
}
groups-changes-count-more = More than { $count } changes
groups-found = { $count ->
    [one] { $count } person found
   *[other] { $count } people found
}
groups-found-more = More than { $count } people found
groups-cut = The search stopped after many entries. The next page goes on from there.
groups-empty = There are no groups yet
groups-empty-detail = A group is a collection of users who have the same privileges. Applications see a user’s groups at sign-in.
groups-empty-create = Create the first group
groups-none = No group is found
groups-none-detail = Try a shorter beginning of the name, or another filter.
groups-show-all = Show all groups
groups-name = Name
groups-name-hint = What people and applications call the group. Capital letters make no difference.
groups-open-twin = Open the group that has this name
groups-who = Who can be a member?
groups-who-customers = Applications see the group at sign-in.
groups-who-operators = The group can carry a role of this console.
groups-role = Role
groups-role-none = No role
groups-role-hint = Only groups of operators carry roles. Whoever is in the group has its role.
groups-member-search = Name or user name begins with
groups-create = Create group
groups-managed-by = Managed by
groups-managed = The group is managed by the connection { $connection }.
groups-managed-detail = Its next synchronization may undo what you change here.
groups-no-members = This group has no members yet
groups-no-member-found = No member is found
groups-choose-all = Choose all on this page
groups-chosen = Chosen
groups-chosen-count = { $count } chosen
groups-with-chosen = With the chosen members
groups-remove-one = Remove { $name }
groups-remove-chosen = Remove from the group…
groups-add-title = Add members to { $name }
groups-add-one = Add { $name }
groups-to-add = People to add
groups-nobody-to-add = Nobody is found who is not a member already
groups-chosen-before = { $count ->
    [one] { $count } change is noted and not saved yet.
   *[other] { $count } changes are noted and not saved yet.
}
groups-to-review = Continue
groups-review-title = Change the members of { $name }?
groups-review-words = { $added }, { $removed }. All the others are not touched, whoever has changed them meanwhile.
groups-review-added = { $count ->
    [one] { $count } is added
   *[other] { $count } are added
}
groups-review-removed = { $count ->
    [one] { $count } is removed
   *[other] { $count } are removed
}
groups-review-nothing = Nothing would change
groups-review-add = Add { $count }
groups-review-remove = Remove { $count }
groups-review-both = Add and remove
groups-changes = Changes
groups-change = Change
groups-added = Added
groups-removed = Removed
groups-edit-title = Edit { $name }
groups-conflict-title = Somebody else has changed this group
groups-conflict-detail = It was saved on { $when }, after you opened the form. Nothing of yours is saved yet.
groups-conflict-was = When you opened it
groups-conflict-theirs = Saved meanwhile
groups-conflict-mine = Yours
groups-conflict-save = Save mine
groups-conflict-discard = Discard mine
groups-conflict-form = Back to the form
groups-differences = Differences
groups-attribute = Attribute
groups-delete-title = Delete { $name }?
groups-delete-final = This cannot be taken back.
groups-delete-members = { $count ->
    [one] { $count } member loses the group at once. The member stays.
   *[other] { $count } members lose the group at once. The members themselves stay.
}
groups-delete-type = Type the name of the group to confirm
groups-delete-confirm = Delete for good
groups-history-empty = Nothing is recorded
groups-event-create = Created by
groups-event-modify = Changed by
groups-event-replace = Replaced by
groups-event-other = { $operation } by
groups-error-name = Enter a name for the group.
groups-error-taken = Another group has this name. Choose another one.
groups-error-many = { $count ->
    [one] At most { $count } person can be chosen at once. Save these first.
   *[other] At most { $count } people can be chosen at once. Save these first.
}
groups-error-typed = This is not the name of the group.
groups-error-last-owner = Nobody who can sign in would be an owner any more. Make another operator an owner first.
groups-notice-created = The group is created.
groups-notice-deleted = The group is deleted.
groups-notice-members = The members are changed.
