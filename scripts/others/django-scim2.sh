#!/bin/sh
# Starts a Django project with django-scim2 (directory/ here) on 127.0.0.1:PORT, its SQLite database in FOLDER, under gunicorn with
# two processes of eight threads. Its base URL is http://127.0.0.1:PORT/scim/v2. Prints the process id on the last line.
# Usage: django-scim2.sh PORT TOKEN FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
others=${OTHERS:-$here/.others}
mkdir -p "$others"
export PORT="$1" TOKEN="$2" FOLDER="$3" DJANGO_SETTINGS_MODULE=directory.settings PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1
[ -x "$others/venv/bin/python" ] || python3 -m venv "$others/venv"
"$others/venv/bin/python" -c "import django_scim, gunicorn" 2>/dev/null ||
  "$others/venv/bin/pip" install -q django-scim2 'django<6' gunicorn >&2
"$others/venv/bin/python" -m django migrate --run-syncdb --verbosity 0 >&2
"$others/venv/bin/gunicorn" --bind "127.0.0.1:$1" --workers 2 --threads 8 --keep-alive 75 --timeout 600 --no-control-socket directory.wsgi \
  >"$others/django-scim2.log" 2>&1 &
echo $!
