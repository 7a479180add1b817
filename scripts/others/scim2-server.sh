#!/bin/sh
# Starts scim2-server from PyPI on 127.0.0.1:PORT, data in memory. Its base URL is http://127.0.0.1:PORT.
# With a TOKEN it accepts only that bearer token. Prints the process id on the last line.
# Usage: scim2-server.sh PORT [TOKEN]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
others=${OTHERS:-$here/.others}
mkdir -p "$others"
[ -x "$others/venv/bin/python" ] || python3 -m venv "$others/venv"
[ -x "$others/venv/bin/scim2-server" ] || "$others/venv/bin/pip" install -q scim2-server >&2
"$others/venv/bin/scim2-server" --port "$1" ${2:+--bearer-token "$2"} >"$others/scim2-server.log" 2>&1 &
echo $!
