"""Clients for scripts/failover-drill and scripts/replica-trial; the token is in the environment.

drill BASE READYZ WRITERS READERS LIMIT    writes and reads until standard input ends; its lines are events: NAME TIME
own-writes BASE CLIENTS SECONDS            every client looks for what it has just written
medians NAME=FILE,FILE… …                  results of `load measure --json` beside each other
"""

import collections
import http.client
import json
import os
import random
import statistics
import sys
import threading
import time
import urllib.parse

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
TIMEOUT = 60  # seconds without an answer

Answer = collections.namedtuple("Answer", "what status began ended retry body")


class Client:
    """One connection that is kept, and what was answered over it."""

    def __init__(self, base, answers):
        self.url = urllib.parse.urlsplit(base)
        self.answers = answers
        self.connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=TIMEOUT)

    def ask(self, what, method, path, body=None):
        headers = {"Authorization": "Bearer " + os.environ["TOKEN"], "Content-Type": "application/scim+json"}
        began, retry, text = time.time(), None, b""
        try:
            self.connection.request(method, self.url.path + path, body and json.dumps(body), headers)
            response = self.connection.getresponse()
            text = response.read()
            status, retry = response.status, response.getheader("Retry-After")
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            status = type(error).__name__
        try:
            document = json.loads(text) if status != 204 else {}
        except ValueError:
            document = {}
        answer = Answer(what, status, began, time.time(), retry, document)
        self.answers.append(answer)
        return answer

    def create(self, name, title="new"):
        return self.ask("create", "POST", "/Users", {"schemas": [USER], "userName": name, "title": title})

    def change(self, key, title):
        operation = {"op": "replace", "path": "title", "value": title}
        return self.ask("PATCH", "PATCH", "/Users/" + key, {"schemas": [PATCH], "Operations": [operation]})

    def get(self, key):
        return self.ask("get", "GET", "/Users/" + key)

    def find(self, name):
        """What has the name, or None when it was not answered."""
        answer = self.ask("filter", "GET", "/Users?" + urllib.parse.urlencode({"filter": f'userName eq "{name}"'}))
        return answer.body.get("Resources", []) if answer.status == 200 else None


def version(resource):
    return int(resource["meta"]["version"].strip('W/"'))


def all_at_once(functions):
    """Runs them in threads of their own, and passes on what any of them raises."""
    failures = []

    def guarded(function):
        try:
            function()
        except BaseException as error:  # a thread that dies must not look like one that is done
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class Drill:
    def __init__(self, base, ready, writers, readers):
        self.base, self.ready = base, ready
        self.ended = threading.Event()
        self.answers, self.probes, self.wrong = [], [], []
        self.acknowledged = {}  # name: (id, version)
        self.names = []  # of acknowledged, for readers to choose from
        self.doubtful = {}  # name: whether it must exist; creates that were never acknowledged
        self.tasks = [lambda n=n: self.write(n) for n in range(writers)]
        self.tasks += [self.read] * readers + [self.probe]

    def pause(self):
        # Retry-After asks for a second; less shows better when it works again.
        time.sleep(random.uniform(0.02, 0.1))

    def write(self, number):
        client, count = Client(self.base, self.answers), 0
        while not self.ended.is_set():
            name, count = f"writer-{number}-{count}", count + 1
            key = self.create(client, name)
            while key and not self.ended.is_set():
                answer = client.change(key, f"changed {time.time()}")
                if answer.status == 200:
                    self.acknowledged[name] = (key, version(answer.body))
                    break
                self.pause()

    def create(self, client, name):
        while not self.ended.is_set():
            answer = client.create(name)
            if answer.status == 201:
                self.doubtful.pop(name, None)
                self.acknowledged[name] = (answer.body["id"], version(answer.body))
                self.names.append(name)
                return answer.body["id"]
            # Taken by its own attempt before, which was done and not acknowledged.
            if answer.status == 409 and name in self.doubtful:
                self.doubtful[name] = True
                return None
            self.doubtful[name] = False
            self.pause()
        return None

    def read(self):
        client = Client(self.base, self.answers)
        while not self.ended.is_set():
            if not self.names:
                self.pause()
                continue
            name = random.choice(self.names)
            key, known = self.acknowledged[name]
            answer = client.get(key)
            if answer.status == 404:
                self.wrong.append(f"{name} was acknowledged and not found")
            elif answer.status == 200 and version(answer.body) < known:
                self.wrong.append(f"{name} was read with version {version(answer.body)} after {known} was acknowledged")
            elif answer.status != 200:
                self.pause()
            time.sleep(0.002)

    def probe(self):
        client = Client(self.ready, self.probes)
        while not self.ended.is_set():
            client.ask("readyz", "GET", "")
            time.sleep(0.02)

    def check(self):
        """Looks for every name that was used, with eight clients, which ask again for a while when they are not told."""
        names = collections.deque(list(self.acknowledged) + list(self.doubtful))
        until, looks, unseen = time.time() + 30, [], []

        def look():
            client = Client(self.base, looks)
            while names and time.time() < until:
                try:
                    name = names.popleft()
                except IndexError:
                    return
                found = client.find(name)
                while found is None and time.time() < until:
                    self.pause()
                    found = client.find(name)
                if found is None:
                    unseen.append(name)
                elif name in self.acknowledged:
                    self.compare(name, found)
                elif len(found) > 1 or (self.doubtful[name] and not found):
                    self.wrong.append(f"{name}, never acknowledged, is there {len(found)} times")

        all_at_once([look] * 8)
        if names or unseen:
            self.wrong.append(f"{len(names) + len(unseen)} names could not be looked for")
        return looks

    def compare(self, name, found):
        key, known = self.acknowledged[name]
        if len(found) != 1:
            self.wrong.append(f"{name} was acknowledged and is there {len(found)} times")
        elif found[0]["id"] != key or version(found[0]) < known:
            self.wrong.append(f"{name} has id {found[0]['id']} and version {version(found[0])} instead of {key} and {known}")

    def expected(self, answer, killed):
        if answer.status in (200, 201):
            return True
        # Only creates that are tried again find their name taken; the check at the end looks for it.
        if answer.status == 409 and answer.what == "create":
            return answer.ended > killed
        return answer.status == 503 and answer.retry is not None and answer.ended > killed

    def report(self, events, looks):
        killed, promoted = events["killed"], events["promoted"]
        self.answers.sort(key=lambda answer: answer.ended)
        phases = [("before", 0, killed), ("without a primary", killed, promoted), ("after promotion", promoted, float("inf"))]
        print(f"{'':20}" + "".join(f"{name:>20}" for name, _, _ in phases))
        kinds = sorted({(what, str(status)) for what, status, *_ in self.answers})
        for what, status in kinds:
            ends = [answer.ended for answer in self.answers if (answer.what, str(answer.status)) == (what, status)]
            counts = [sum(after <= end < before for end in ends) for _, after, before in phases]
            print(f"{what + ' ' + status:20}" + "".join(f"{count:>20,}" for count in counts))

        def first(which, since, moment=lambda answer: answer.ended, last=False):
            times = [moment(answer) - since for answer in which if answer.ended >= since]
            return f"{times[-1 if last else 0]:.2f} s" if times else "never"

        busy = [answer for answer in self.answers if answer.status == 503]
        writes = [answer for answer in self.answers if answer.what != "get" and answer.status in (200, 201)]
        reads = [answer for answer in self.answers if answer.what == "get" and answer.status == 200]
        longest = max(self.answers, key=lambda answer: answer.ended - answer.began)
        unready = [probe for probe in self.probes if probe.status == 503]
        ready = [probe for probe in self.probes if probe.status == 200]
        tried_again = sum(self.doubtful.values())
        for what, value in [
            ("from the kill to the first 503", first(busy, killed)),
            ("from the promotion to the first write", first(writes, promoted)),
            ("from the promotion to the first read", first(reads, promoted)),
            ("from the promotion to the last 503", first(busy, promoted, last=True)),
            ("longest answer", f"{longest.ended - longest.began:.2f} s, {longest.what} {longest.status}"),
            ("503 without Retry-After", sum(answer.retry is None for answer in busy)),
            ("/readyz: from the kill to 503", first(unready, killed)),
            ("/readyz: from the promotion to 200", first(ready, promoted)),
            ("/readyz: longest answer", f"{max(probe.ended - probe.began for probe in self.probes):.2f} s"),
            ("acknowledged users looked for", f"{len(self.acknowledged):,}"),
            ("done, though answered otherwise", f"{tried_again:,} of {len(self.doubtful):,} creates never acknowledged"),
        ]:
            print(f"{what:40}{value}")

        for answer in self.answers:
            if not self.expected(answer, killed):
                said = answer.body.get("detail", "")
                self.wrong.append(f"{answer.what} was answered {answer.status} {answer.ended - killed:+.2f} s from the kill, after {answer.ended - answer.began:.2f} s: {said}")
        odd = collections.Counter(look.status for look in looks if look.status != 200)
        self.wrong += [f"the check at the end was answered {status} {count} times" for status, count in odd.items()]
        # An answer that comes at the very end may have waited for long.
        if not any(write.began > events["end"] - 1 for write in writes):
            self.wrong.append("nothing was written in the last second")
        # It may also take longer to answer than there is no primary.
        if any(killed < probe.began and probe.ended < promoted for probe in ready) or self.probes[-1].status != 200:
            self.wrong.append("/readyz was 200 without a primary, or did not come back")
        return complain(self.wrong)


def complain(wrong):
    """Prints what was wrong, much of the same shortened; the exit code."""
    for line in wrong[:10]:
        print("WRONG:", line)
    if len(wrong) > 10:
        print("WRONG:", len(wrong) - 10, "more")
    return 1 if wrong else 0


def drill(base, ready, writers, readers, limit):
    # Whatever hangs, it ends.
    watch = threading.Timer(float(limit), lambda: (print("WRONG: not done in time", flush=True), os._exit(1)))
    watch.daemon = True
    watch.start()
    run, events = Drill(base, ready, int(writers), int(readers)), {}

    def listen():
        for line in sys.stdin:
            event, moment = line.split()
            events[event] = float(moment)
        run.ended.set()

    try:
        all_at_once([listen, *run.tasks])
    finally:
        run.ended.set()
    if "end" not in events:
        return complain(["the drill was broken off"])
    return run.report(events, run.check())


def own_writes(base, clients, seconds):
    answers, wrong = [], []
    until, label = time.time() + float(seconds), f"{time.time():.6f}"

    def loop(number):
        client, count = Client(base, answers), 0
        while time.time() < until:
            name, title, count = f"own-{label}-{number}-{count}", f"title {count}", count + 1
            created = client.create(name)
            if created.status != 201:
                continue
            key = created.body["id"]
            expect(client.get(key), "new", f"get after create of {name}")
            changed = client.change(key, title)
            if changed.status != 200:
                continue
            expect(client.get(key), title, f"get after PATCH of {name}")
            found = client.find(name)
            if found is not None and [user.get("title") for user in found] != [title]:
                wrong.append(f"filter after PATCH of {name}: {[user.get('title') for user in found]}")

    def expect(answer, title, what):
        if answer.status == 404 or (answer.status == 200 and answer.body.get("title") != title):
            wrong.append(f"{what}: {answer.status} {answer.body.get('title')}")

    all_at_once([lambda n=n: loop(n) for n in range(int(clients))])
    stale, counts = len(wrong), collections.Counter()
    for answer in answers:
        counts[answer.status] += 1
        if answer.status not in (200, 201, 404):
            wrong.append(f"{answer.what} was answered {answer.status}: {answer.body.get('detail', '')}")
    reads = [answer.ended - answer.began for answer in answers if answer.what in ("get", "filter")] or [0.0]
    writes = [answer.ended - answer.began for answer in answers if answer.what in ("create", "PATCH")]
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(counts.items(), key=str))
    print(f"{len(reads):,} reads after writes, {stale} violations; statuses {statuses}; median read {statistics.median(reads) * 1e3:.1f} ms, "
          f"longest read {max(reads) * 1e3:.0f} ms, longest write {max(writes) * 1e3:.0f} ms")
    return complain(wrong)


def medians(*columns):
    names, values = [], collections.defaultdict(dict)
    for column in columns:
        name, files = column.split("=", 1)
        names.append(name)
        for file in files.split(","):
            with open(file, encoding="utf-8") as results:
                for row in json.load(results)["scenarios"]:
                    values[row["scenario"]].setdefault(name, []).append((row["perSecond"], row["p50Ms"], row["p99Ms"]))
    print(f"{'':16}" + "".join(f"{name + ': per s, p50, p99 ms':>36}" for name in names))
    for scenario, by_name in values.items():
        cells = [[statistics.median(value) for value in zip(*by_name[name])] for name in names]
        print(f"{scenario:16}" + "".join(f"{rate:>18,.0f}{half:>9.1f}{most:>9.1f}" for rate, half, most in cells))
    return 0


if __name__ == "__main__":
    command = {"drill": drill, "own-writes": own_writes, "medians": medians}.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if command is None:
        sys.exit(__doc__)
    sys.exit(command(*sys.argv[2:]))
