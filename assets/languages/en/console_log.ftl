# The provisioning log.

log-where = Where this is
log-lead = Every SCIM request and its answer, without secrets.
log-off = Nothing is kept
log-off-words = The provisioning log is switched off in the server’s configuration.
log-connection = Connection
log-method = Method
log-status = Status
log-since = Since
log-resource-id = Resource id
log-request-id = Request id
log-apply = Apply
log-clear = Show all
log-all = All
log-changes-only = Changes only
log-status-2 = 2xx: carried out
log-status-4 = 4xx: refused
log-status-5 = 5xx: failed
log-since-ever = Any time
log-since-hour = 1 hour
log-since-day = 24 hours
log-since-week = 7 days
log-ok = Carried out
log-refused = Refused
log-held = Held
log-failed = Failed
log-outcome = Outcome
log-empty = No request has come yet
log-empty-words = As soon as a provisioning client sends something with a token of a connection, it stands here with its answer.
log-connect = Set up a connection
log-try = Send a request yourself
log-none = Nothing found
log-none-words = No request is as you ask.
log-cut = The search has stopped here; older requests have not been looked at yet.
log-further = Look further back
log-requests = Requests
log-entry = Entry
log-time = Time
log-request = Request
log-answer = Answer
log-milliseconds = ms
log-nobody = no valid token
log-older = Older
log-newer = Newer
log-explained = Explained
log-understood = Understood
log-matched = Matched
log-changed = Changed
log-why-refused = Why it was refused
log-advice = What to do
log-curl = As a curl command
log-curl-words = The token is not in it: set the variable TOKEN first.
log-workbench = Open in the workbench
log-about = About the request
log-duration = Duration
log-token = Token
log-address = Address
log-client = Client
log-resource = Resource
log-all-of-resource = All requests about this resource
log-history = History of this resource
log-shown = { $count ->
    [one] { $count } request
   *[other] { $count } requests, newest first
}
log-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
