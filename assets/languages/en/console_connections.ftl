# The console's pages of connections.

connections-lead = Each provisioning client has a connection of its own, with its tokens, settings and shield.
connections-count = { $count ->
    [one] 1 connection
   *[other] { $count } connections
}
connections-new = New connection
connections-where = Where this is
connections-tabs = This connection
connections-tab-setup = Set-up
connections-tab-tokens = Tokens
connections-tab-settings = Settings
connections-tab-shield = Shield
connections-tab-log = Requests
connections-tab-danger = Danger zone
connections-cancel = Cancel
connections-save = Save
connections-help = Help
connections-none = none
connections-never = never used
connections-endless = no end
connections-actions = Actions
connections-actions-for = Actions for { $name }

connections-state-frozen = Frozen
connections-state-expired = Token expired
connections-state-failing = Many errors
connections-state-expiring = Expires soon
connections-state-silent = Silent
connections-state-new = No request yet
connections-state-healthy = Healthy
connections-profile-generic = Any other client

connections-empty = Nothing is connected yet
connections-empty-words = A connection lets an identity provider create, change and deactivate users here. It takes about ten minutes.
connections-empty-first = Set up the first connection
connections-column-name = Connection
connections-column-state = State
connections-column-held = Held
connections-last = Last request
connections-errors = Errors, 24 h
connections-token = Token
connections-requests = { $count ->
    [one] 1 request
   *[other] { $count } requests
}
connections-requests-more = more than { $count }
connections-share = { $count }%
connections-share-under = under 1%
connections-days = { $count ->
    [0] at once
    [one] 1 day
   *[other] { $count } days
}
connections-days-left = { $count ->
    [0] less than a day left
    [one] 1 day left
   *[other] { $count } days left
}

connections-new-what = What is connected?
connections-new-what-hint = The profile decides how requests are read. It can be changed later.
connections-new-name = Name
connections-new-name-hint = Short, for lists and for the command line: small letters, digits and hyphens.
connections-new-life = The first token works for
connections-new-create = Create connection
connections-help-one = A connection belongs to one provisioning client. Two tenants of Entra are two connections.
connections-help-owner = What it manages can then only be changed there, until an operator detaches it.
connections-wrong-profile = Choose what is connected.
connections-wrong-name = Give the connection a name.
connections-wrong-taken = There is a connection of that name already.
connections-wrong-form = A name has 1 to 63 small letters, digits and hyphens, does not begin with a hyphen, and is not “new”.
connections-wrong-number = Enter a whole number from { $least } to { $most }.
connections-wrong-value = Choose one of the values offered.
connections-wrong-life = Choose how long the token works.
connections-wrong-scopes = Choose at least one scope.
connections-wrong-confirm = Tick the box if you want this.
connections-wrong-typed = This is not the name of the connection.
connections-wrong-chosen = Choose at least one change, and what becomes of it.
connections-wrong-more = More changes have been held since. Look at the new number before you decide.

connections-setup-in = In { $product }
connections-setup-other = In the client
connections-setup-base = Base URL
connections-setup-token = Secret token
connections-setup-once = Shown this once. Paste it alone, without the word Bearer.
connections-setup-gone = A token is shown once, when it is made. If it is lost, make another.
connections-step-open = Open { $what }.
connections-step-base = Paste the base URL into { $what }.
connections-step-token = Paste the token alone into { $what }.
connections-step-oauth = Make an OAuth client on the page of tokens, and enter what it shows into { $what }.
connections-step-set = Set { $what } to { $value }.
connections-step-map = Make { $what } the source of { $value }.
connections-step-run = Run { $what } and wait until it succeeds.
connections-step-save = Finish with { $what }.
connections-step-on = Switch on { $what }.
connections-step-off = Leave { $what } switched off.
connections-step-assign = Assign two people for a start: { $what }.
connections-arrived = What has arrived
connections-arrived-again = Look again
connections-arrived-unknown = The provisioning log is switched off: nothing is known of requests.
connections-check-done = Done
connections-check-failed = Failed
connections-check-waiting = Waiting
connections-check-request = A request has arrived, and its token is good
connections-check-request-hint = Waiting for the first request with a token of this connection.
connections-check-search = First look-up
connections-check-search-hint = Waiting for a list or a search. Most clients send one when the connection is tested.
connections-check-user = First user
connections-check-user-hint = Waiting for a new user. Assign a test person in the client.
connections-check-change = First change
connections-check-change-hint = Waiting for a change. Change the title of the test person.
connections-check-leaver = First leaver
connections-check-leaver-hint = Waiting for a deactivation. Take the test person out of the application.
connections-check-group = First group
connections-check-group-hint = Waiting for a new group, if groups are provisioned.

connections-token-new = New token
connections-token-rotate = Rotate the token
connections-token-active = Active
connections-token-expired = Expired
connections-token-revoked = Revoked
connections-token-ending = { $count ->
    [0] The token { $token } is in use and expires within a day.
    [one] The token { $token } is in use and expires in 1 day.
   *[other] The token { $token } is in use and expires in { $count } days.
}
connections-token-warning = Rotate it and paste the new one into the client. Both work for a while.
connections-tokens-empty = This connection has no token.
connections-tokens-more = { $count ->
    [one] 1 older token is not shown.
   *[other] { $count } older tokens are not shown.
}
connections-scopes = Scopes
connections-used = Last used
connections-ends = Expires
connections-rotate-link = Rotate…
connections-revoke-link = Revoke…
connections-delete-link = Delete…
connections-token-scopes = What the token allows
connections-token-scopes-hint = Chosen is what the profile of the connection needs.
connections-token-life = The token works for
connections-token-create = Create token
connections-rotate-words = A new token with the same scopes takes the place of { $token }.
connections-rotate-overlap = The old token goes on for
connections-revoke-heading = Revoke the token { $token }?
connections-revoke-words = The next request with it is refused. A client that still uses it stops working.
connections-revoke-tick = No client uses it any more, or it shall stop
connections-revoke = Revoke
connections-secret-token = The token is created
connections-secret-client = The OAuth client is created
connections-secret-copy = Copy it now
connections-secret-once = Only its fingerprint is kept. It is not shown again; if it gets lost, create another.
connections-secret-until = Works until
connections-secret-former = Older token
connections-secret-former-until = { $token } works until { $until }, or until you revoke it
connections-secret-done = I have copied it
connections-oauth = OAuth client credentials
connections-oauth-words = For clients that fetch short-lived tokens themselves.
connections-oauth-url = Token address
connections-oauth-clients = Clients
connections-oauth-signs = signs with its own key
connections-oauth-new = New client
connections-oauth-id = Client id
connections-oauth-secret = Client secret
connections-client-delete-heading = Delete the client { $client }?
connections-client-delete-words = Its access tokens are refused from the next request on.
connections-client-delete = Delete client

connections-profile = Profile
connections-profile-hint = Settings that come from the profile change with it.
connections-setting = Setting
connections-setting-value = Value
connections-setting-origin = Where it comes from
connections-setting-unset = Take back
connections-setting-now = In force now: { $value }
connections-origin-default = Default
connections-origin-profile = Profile
connections-origin-own = This connection
connections-conflict = Somebody else has changed the settings meanwhile
connections-conflict-words = What you typed stands in the form, and beside it what is in force now. Save again to carry out yours.
connections-purpose-patch-replace-unmatched = PATCH replace on a value path that matches nothing: 400 noTarget, or create the value.
connections-purpose-patch-empty-operations = PATCH without operations: 400 invalidSyntax, or success without change.
connections-purpose-patch-answer = The answer to a PATCH: 200 for users and 204 for groups, or always 200 with the resource.
connections-purpose-members-unknown = Members that do not exist: 400 naming them, or passed over with a warning in the log.
connections-purpose-members-absent = Removing a member who is none: success without change, or 404.
connections-purpose-filter-unquoted = A filter value without quotes: 400 invalidFilter, or read as text.
connections-purpose-values-string-booleans = “True” for true: read it, or 400 invalidValue.
connections-purpose-values-formats = Countries, languages, time zones and addresses: take what comes, or 400 unless they have their standard’s form.
connections-purpose-values-unknown = Attributes that are not known: pass over them, or 400.
connections-purpose-write-if-match = PUT, PATCH and DELETE without If-Match: the last one wins, or 428.
connections-purpose-password-policy = Passwords that the client sends: enforce the rules, or take them as they are.
connections-purpose-create-revive = A create of a user whom this connection has deactivated: 409, or the user is back with the same id.
connections-purpose-shield-mode = Whether deactivations, deletions and removals wait for a decision when there are too many at once.
connections-purpose-shield-count = How many of a kind pass within the window; more are held.
connections-purpose-shield-percent = How many percent of the resources of the type, or of the group’s members, pass within the window.
connections-purpose-shield-spare = How many of a kind always pass within the window.
connections-purpose-shield-window-minutes = The window, in minutes.

connections-held = Held changes
connections-held-notice = { $count ->
    [one] 1 change is held, since
   *[other] { $count } changes are held, the first since
}
connections-held-empty = Nothing is held
connections-shield-off = The shield of this connection is off. The settings switch it on.
connections-shield-bounds = Held is what goes beyond { $most } of a kind, or { $percent } percent, within { $minutes } minutes; { $spare } always pass. The client is told to try again.
connections-held-choose-all = Choose all on this page
connections-held-choose = Choose the change of { $name }
connections-held-who = Who or what
connections-held-what = Change
connections-held-tries = Tries
connections-held-first = First try
connections-held-chosen = Chosen changes
connections-held-count = { $count } chosen
connections-held-deactivation = Deactivation
connections-held-deletion = Deletion
connections-held-removal = { $count ->
    [one] 1 member leaves
   *[other] { $count } members leave
}
connections-kind-deactivation = Deactivations
connections-kind-deletion = Deletions
connections-kind-removal = Members who leave groups
connections-release = Release
connections-reject = Reject
connections-release-all = Release all…
connections-reject-all = Reject all…
connections-release-words = The client’s next try goes through. Nothing changes until then.
connections-reject-words = The client’s next try is answered 403. Repair the assignment in the client, or it tries again and again.
connections-release-heading = { $count ->
    [one] Release 1 change?
   *[other] Release { $count } changes?
}
connections-reject-heading = { $count ->
    [one] Reject 1 change?
   *[other] Reject { $count } changes?
}
connections-release-tick = I have looked at the list, and the client shall go on
connections-reject-tick = I have looked at the list, and none of it shall happen
connections-release-button = { $count ->
    [one] Release 1 change
   *[other] Release { $count } changes
}
connections-reject-button = { $count ->
    [one] Reject 1 change
   *[other] Reject { $count } changes
}

connections-freeze = Freeze
connections-freeze-link = Freeze…
connections-freeze-heading = Freeze { $name }?
connections-freeze-words = From the next request on, the client can read and cannot change anything. Its changes are answered 503, and it tries them again later. Operators can still change everything.
connections-freeze-tick = I want to freeze this connection
connections-unfreeze = Unfreeze
connections-unfreeze-link = Unfreeze…
connections-unfreeze-heading = Unfreeze { $name }?
connections-unfreeze-words = From the next request on, the client can change things again.
connections-unfreeze-tick = I want to unfreeze this connection
connections-delete = Delete connection
connections-delete-heading = Delete { $name }?
connections-delete-words = Its tokens end with the next request. The users and groups that it created stay, and can then be changed here.
connections-delete-type = Type { $name } to confirm

connections-notice-deleted = The connection is deleted.
connections-notice-frozen = The connection is frozen.
connections-notice-unfrozen = The connection may change things again.
connections-notice-revoked = The token is revoked.
connections-notice-client-deleted = The client is deleted.
connections-notice-released = Released. Each change is made when the client tries it again.
connections-notice-rejected = Rejected. The client is told so when it tries again.
