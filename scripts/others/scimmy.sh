#!/bin/sh
# Starts the SCIMMY app on 127.0.0.1:PORT; its base URL is http://127.0.0.1:PORT/scim/v2. Prints the process id on the last line.
# Usage: scimmy.sh PORT [TOKEN]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
others=${OTHERS:-$here/.others}
mkdir -p "$others"
cp "$here/scimmy.mjs" "$others/"
cd "$others"
[ -d node_modules/scimmy-routers ] || npm install --silent --prefix . scimmy scimmy-routers express@4 >&2
node scimmy.mjs "$@" >"$others/scimmy.log" 2>&1 &
echo $!
