# Requests by hand.

workbench-lead = Send SCIM requests in your own name, with what your role allows.
workbench-method = Method
workbench-path = Path, below
workbench-build-filter = Build the filter
workbench-build-patch = Build a PATCH request
workbench-attribute = Attribute
workbench-operator = Operator
workbench-operation = Operation
workbench-value = Value
workbench-add = Add
workbench-body = Body (for POST, PUT and PATCH)
workbench-if-match = If-Match
workbench-if-match-hint = The ETag of the version that you mean to change.
workbench-send = Send
workbench-writes = What a request changes is changed for good, and stands in the history under your name.
workbench-reads = Your role allows reading only.
workbench-answer = Answer
workbench-milliseconds = ms
workbench-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
workbench-no-body = The answer has no body.
workbench-changed = What it changed
workbench-only-read = Nothing: it was a request to read.
workbench-nothing = Nothing: a request that is refused changes nothing.
workbench-see-history = Nothing of this one resource; the history shows all changes.
workbench-log = This request in the provisioning log
workbench-more = Headers, and the request as curl
workbench-headers = Headers
workbench-past = Sent before
workbench-past-none = What you send stands here, as long as the page is open.
workbench-endpoints = Endpoints
