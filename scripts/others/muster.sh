#!/bin/sh
# Starts a Muster with an empty database in FOLDER on 127.0.0.1:PORT, with a connection of each profile and a token for it in
# FOLDER/NAME.token. Prints the id of the server's process on the last line.
# Usage: muster.sh PORT FOLDER [MUSTER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
port=$1 out=$2 muster=${3:-$here/../../target/release/muster}
mkdir -p "$out"
rm -f "$out"/muster*.db* "$out"/*.token
export MUSTER_DATABASE__URL="sqlite:$out/muster.db" MUSTER_OPERATIONS__LISTEN=127.0.0.1:0
MUSTER_SERVER__BOOTSTRAP_TOKEN=bootstrap-token-of-at-least-32-characters \
  "$muster" serve --listen "127.0.0.1:$port" >"$out/muster.log" 2>&1 &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  sleep 0.3
  curl -s -o /dev/null "http://127.0.0.1:$port/scim/v2/Users" && break
done
# The shield would hold what a simulation does at its end: it deletes everybody.
for name in entra okta onelogin jumpcloud ping keycloak authentik sailpoint sap generic; do
  "$muster" connection create "$name" --profile "$name" --set shield.mode=off >/dev/null
  "$muster" token create --connection "$name" >"$out/$name.token"
done
echo "$pid"
