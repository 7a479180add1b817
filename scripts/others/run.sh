#!/bin/sh
# Runs the clients CLIENTS (default: all) against the server NAME and writes CLIENT-NAME.txt and .json into the folder RESULTS (default: results).
# Usage: run.sh NAME BASE_URL (TOKEN | FOLDER_WITH_CLIENT.token_FILES) [CLIENTS]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
muster=${MUSTER:-$here/../../target/release/muster}
results=${RESULTS:-results}
name=$1 base=$2 secret=$3 clients=${4:-entra okta onelogin jumpcloud ping keycloak authentik sailpoint sap generic}
mkdir -p "$results"
for client in $clients; do
  token=$secret
  [ -d "$secret" ] && token=$(cat "$secret/$client.token")
  out=$results/$client-$name
  "$muster" simulate --client "$client" --against "$base" --token "$token" --seed "${SEED:-1}" --users "${USERS:-10}" --groups "${GROUPS_:-2}" >"$out.txt" && code=0 || code=$?
  "$muster" simulate --client "$client" --against "$base" --token "$token" --seed "${SEED:-1}" --users "${USERS:-10}" --groups "${GROUPS_:-2}" -o json >"$out.json" || true
  printf '%-10s exit %s  %s\n' "$client" "$code" "$(tail -1 "$out.txt")"
done
