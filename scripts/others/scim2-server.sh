#!/bin/sh
# Starts scim2-server from PyPI on 127.0.0.1:PORT, data in memory. Its base URL is http://127.0.0.1:PORT.
# With a TOKEN it accepts only that bearer token. Prints the process id on the last line.
# Usage: scim2-server.sh PORT [TOKEN]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$here/.others"
[ -x "$here/.others/venv/bin/scim2-server" ] || { python3 -m venv "$here/.others/venv" && "$here/.others/venv/bin/pip" install -q scim2-server; }
"$here/.others/venv/bin/scim2-server" --port "$1" ${2:+--bearer-token "$2"} >"$here/.others/scim2-server.log" 2>&1 &
echo $!
