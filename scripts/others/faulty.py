"""A proxy that puts one fault into a server that has none, to see whether the simulator finds it.

Usage: faulty.py PORT UPSTREAM FAULT [TOKEN_FILE]      (standard library only; `faulty.py list` prints the faults)
"""
import http.client, http.server, json, sys, urllib.parse

FAULTS = {
    "deaf-deactivation": "success for a deactivation that is not done",
    "empty-group": "remove with a value array empties the group",
    "forgetful-rename": "a new group name costs the members",
    "not-found": "404 instead of an empty list",
    "twice": "409 becomes 201 with the old user",
    "text-boolean": "active is text in answers",
    "text-number": "totalResults is text",
    "immortal": "204 for a deletion that is not done",
    "short-list": "the last resource of each page is missing",
    "no-filter": "filters are passed over",
    "no-body": "201 without body",
    "case": "capitals in filters are compared exactly",
    "plain-json": "the media type is application/json",
    "any-token": "every token is good",
    "leaky": "the password comes back",
    "additive": "replace members only adds",
    "busy": "every tenth request is answered 429 with Retry-After: 0",
}


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served = 0
    token = None

    def log_message(self, *_):
        pass

    def upstream(self, method, path, body, headers):
        url = urllib.parse.urlsplit(UPSTREAM)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        result = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return result

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        headers = {k.title(): v for k, v in self.headers.items() if k.lower() not in ("host", "content-length", "connection", "accept-encoding")}
        method, path, fault = self.command, self.path, FAULT
        sent = json.loads(body) if body else None
        Proxy.served += 1
        if fault == "busy" and Proxy.served % 10 == 0:
            return self.reply(429, {"Retry-After": "0"}, b"")
        if fault == "any-token":
            if "wrong" not in headers.get("Authorization", ""):
                Proxy.token = headers.get("Authorization")
            headers["Authorization"] = Proxy.token or GOOD
        operations = (sent or {}).get("Operations", []) if isinstance(sent, dict) else []
        if fault == "deaf-deactivation" and method != "POST" and any(text in (body or b"").decode() for text in ('"active":false', '"False"', '"path":"active","value":false')):
            method, body = "GET", None
        if fault == "empty-group" and any(o.get("op", "").lower() == "remove" and o.get("path") == "members" and "value" in o for o in operations):
            body = json.dumps({**sent, "Operations": [{"op": "remove", "path": "members"}]}).encode()
        if fault == "forgetful-rename" and "/Groups/" in path and any("displayName" in json.dumps(o) for o in operations):
            body = json.dumps({**sent, "Operations": operations + [{"op": "remove", "path": "members"}]}).encode()
        if fault == "additive" and any(o.get("op", "").lower() == "replace" and o.get("path") == "members" for o in operations):
            body = json.dumps({**sent, "Operations": [{**o, "op": "add"} if o.get("path") == "members" else o for o in operations]}).encode()
        if fault == "immortal" and method == "DELETE":
            return self.reply(204, {}, b"")
        if fault == "no-filter" and "filter=" in path:
            path = path.split("?")[0]
        if fault == "case" and "filter=" in path:
            name, _, query = path.partition("?")
            path = name + "?" + query.replace("SIM-", "NOBODY-")
        status, answer_headers, answer = self.upstream(method, path, body, headers)
        try:
            document = json.loads(answer)
        except ValueError:
            document = None
        if isinstance(document, dict):
            resources = document.get("Resources")
            if fault == "not-found" and document.get("totalResults") == 0:
                status = 404
            if fault == "twice" and status == 409:
                status, document = 201, {**sent, "id": "0"}
            if fault == "text-boolean":
                for resource in [document] + (resources or []):
                    if "active" in resource:
                        resource["active"] = str(resource["active"])
            if fault == "text-number" and "totalResults" in document:
                document["totalResults"] = str(document["totalResults"])
            if fault == "short-list" and resources and len(resources) > 1:
                resources.pop()
            if fault == "leaky" and isinstance(sent, dict) and "password" in sent:
                document["password"] = sent["password"]
            answer = json.dumps(document).encode()
        if fault == "no-body" and status == 201:
            answer = b""
        if fault == "plain-json" and "content-type" in {k.lower() for k in answer_headers}:
            answer_headers = {k: v for k, v in answer_headers.items() if k.lower() != "content-type"} | {"Content-Type": "application/json"}
        keep = {k: v for k, v in answer_headers.items() if k.lower() in ("content-type", "location", "etag", "retry-after")}
        self.reply(status, keep, answer)

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status not in (204, 304):
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one


if sys.argv[1] == "list":
    print(*FAULTS, sep="\n")
    sys.exit()
PORT, UPSTREAM, FAULT = int(sys.argv[1]), sys.argv[2], sys.argv[3]
GOOD = "Bearer " + open(sys.argv[4]).read().strip() if len(sys.argv) > 4 else ""
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Proxy).serve_forever()
