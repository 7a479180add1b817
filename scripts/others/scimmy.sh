#!/bin/sh
# Starts the SCIMMY app on 127.0.0.1:PORT; its base URL is http://127.0.0.1:PORT/scim/v2. Prints the process id on the last line.
# Usage: scimmy.sh PORT [TOKEN]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$here/.others"
cp "$here/scimmy.mjs" "$here/.others/"
cd "$here/.others"
[ -d node_modules/scimmy-routers ] || npm install --silent scimmy scimmy-routers express@4
node scimmy.mjs "$@" >"$here/.others/scimmy.log" 2>&1 &
echo $!
