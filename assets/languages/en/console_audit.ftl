# Who changed what.

audit-lead = What operators, connections and the server did, newest first. Entries are only ever added.
audit-export = Export
audit-export-words = { $count ->
    [one] The export is JSON Lines with what is chosen here, at most { $count } change.
   *[other] The export is JSON Lines with what is chosen here, at most { $count } changes.
}
audit-event = Event
audit-all = All
audit-by = By
audit-by-hint = The id of an operator, or words such as “connection entra”
audit-about = Resource id
audit-request = Request id
audit-from = From (UTC)
audit-to = To (UTC)
audit-apply = Apply
audit-clear = Show all
audit-none = Nothing found
audit-none-words = No change is as you ask.
audit-empty = Nothing has been changed yet
audit-empty-words = As soon as somebody changes something, it stands here.
audit-cut = The search has stopped here; older changes have not been looked at yet.
audit-further = Look further back
audit-to-request = The request
audit-attribute = Attribute
audit-before = Before
audit-after = After
audit-nothing = none
audit-differences = { $count ->
    [one] { $count } difference
   *[other] { $count } differences
}
audit-left-out = { $count ->
    [one] { $count } more
   *[other] { $count } more
}
audit-total = { $count ->
    [one] { $count } change, newest first
   *[other] { $count } changes, newest first
}
audit-total-more = { $count ->
    [one] More than { $count } change, newest first
   *[other] More than { $count } changes, newest first
}
audit-create = Created
audit-modify = Changed
audit-replace = Replaced
audit-delete = Deleted
audit-revive = Taken up again
audit-purge = Erased for good
audit-detach = Taken from its connection
audit-view-as-customer = Viewed as customer
audit-end-sessions = Sessions ended
audit-create-operator-token = API token of an operator created
audit-set-attribute = Attribute of profiles changed
audit-add-schema = Schema added or changed
audit-remove-schema = Schema removed
audit-update-tenant = Settings changed
audit-create-tenant = Tenant created
audit-create-connection = Connection created
audit-update-connection = Connection changed
audit-delete-connection = Connection deleted
audit-freeze-connection = Connection made read-only
audit-unfreeze-connection = Connection accepts changes again
audit-release-held = Held changes released
audit-create-token = Token created
audit-rotate-token = Token renewed
audit-revoke-token = Token revoked
audit-create-client = OAuth client created
audit-rotate-client = Secret of an OAuth client renewed
audit-delete-client = OAuth client deleted
audit-create-issuer = Token issuer added
audit-delete-issuer = Token issuer removed
