#!/bin/sh
# Puts each fault of faulty.py before a Muster and says which clients notice it.
# Usage: faults.sh BASE_HOST FOLDER_WITH_TOKENS [CLIENTS]      e.g. faults.sh http://127.0.0.1:18480 run/m
set -eu
here=$(cd "$(dirname "$0")" && pwd)
muster=${MUSTER:-$here/../../target/release/muster}
for fault in $(python3 "$here/faulty.py" list); do
  python3 "$here/faulty.py" 18490 "$1" "$fault" "$2/generic.token" 2>/dev/null &
  proxy=$!
  sleep 0.4
  line=""
  for client in ${3:-entra okta sailpoint generic}; do
    verdict=$("$muster" simulate --client "$client" --against http://127.0.0.1:18490/scim/v2 --token "$(cat "$2/$client.token")" --seed "$(date +%N | sed 's/^0*//')" -o json |
      python3 -c 'import json,sys; r=json.load(sys.stdin); l={x["level"]: x["made"]-x["passed"] for x in r["levels"]}; print("%d/%d/%d%s" % (l["must"], l["should"], l["vendor"], " retries=%d" % r["traffic"]["retries"] if r["traffic"]["retries"] else ""), "left=%d" % r["cleanup"]["left"] if r["cleanup"]["left"] else "")')
    line="$line  $client $verdict"
  done
  printf '%-18s%s\n' "$fault" "$line"
  kill $proxy
  wait $proxy 2>/dev/null || true
done
