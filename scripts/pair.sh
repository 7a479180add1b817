# A primary and a standby below a temporary folder, and servers before them. Sourced by the scripts that measure with more than one server, which set
# `name`. Everything that was started is ended, and the folder removed, however the script ends.
# shellcheck shell=bash
export LC_ALL=C
cd "$(dirname -- "${BASH_SOURCE[0]}")/.."
muster=${MUSTER:-${CARGO_TARGET_DIR:-target}/release/muster}
[[ -x $muster ]] || { echo "$name: no program at $muster: cargo build --release, or set MUSTER" >&2; exit 2; }

began=${EPOCHREALTIME/./}
say() {
    local now=${EPOCHREALTIME/./}
    printf '%s: %5.1f s  %s\n' "$name" "$(((now - began) / 100000))e-1" "$*"
}

dir=$(mktemp -d "${TMPDIR:-/tmp}/$name.XXXXXX")
chmod 0711 "$dir" # the databases run as another user below it
children=()       # ended in this order: servers, and programs that talk to them
groups=()         # control groups of theirs, removed afterwards

is_running() {
    [[ $(ps -o stat= -p "$1") == [!Z]* ]]
}

# Ends a child, waiting five seconds before it is killed.
end_child() {
    kill -TERM "$1" 2>/dev/null || true
    for _ in {1..50}; do
        is_running "$1" || break
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

clean_up() {
    local status=$? child
    trap - EXIT
    trap '' INT TERM PIPE
    for child in "${children[@]}"; do end_child "$child"; done
    for child in "${groups[@]}"; do
        for _ in {1..50}; do rmdir "$child" 2>/dev/null && break; sleep 0.1; done
    done
    # A frozen one could not be stopped, and nobody needs their data any more.
    for child in standby primary; do scripts/postgres kill "$dir/$child" >/dev/null || true; done
    if [[ $status -ne 0 ]]; then
        tail -n 5 "$dir"/*.log >&2 || true
    fi
    rm -rf -- "$dir"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 1' PIPE

# Runs a statement: sql URL STATEMENT
sql() {
    PGCONNECT_TIMEOUT=5 timeout 20 psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"
}

# Changes a setting of a server: set_up URL NAME VALUE
set_up() {
    sql "$1" "ALTER SYSTEM SET $2 = '$3'"
    sql "$1" "SELECT pg_reload_conf()" >/dev/null
}

# Waits until a statement answers true: await_sql URL STATEMENT
await_sql() {
    local tries
    for tries in {1..200}; do
        [[ $(sql "$1" "$2") != t ]] || return 0
        sleep 0.1
    done
    say "not reached after $tries tries: $2"
    return 1
}

# start_pair async|sync [SETTING...]: sets primary and standby to their URLs. In sync, a commit is answered when the standby has it on its disk.
start_pair() {
    # Shared memory in files of the folder: a killed server leaves nothing elsewhere.
    primary=$(scripts/postgres start "$dir/primary" "dynamic_shared_memory_type = mmap" "${@:2}")
    # The standby takes this over with the copy, as most standbys do.
    [[ $1 = async ]] || set_up "$primary" synchronous_standby_names standby
    standby=$(scripts/postgres standby "$dir/standby" "$primary")
    await_sql "$primary" "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE application_name = 'standby' AND state = 'streaming' AND sync_state = '$1')"
    say "primary at ${primary##*@}, standby at ${standby##*@}, $1"
}

# host:port of a URL
address_of() {
    local rest=${1##*@}
    echo "${rest%%/*}"
}

listening() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

port=$((20000 + RANDOM % 12000))
free_port() {
    port=$((port + 1))
    while listening "$port"; do port=$((port + 1)); done
}

TOKEN=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
export TOKEN LOAD_TOKEN=$TOKEN

# start_muster NAME URL [SETTING=VALUE...]: sets server to its process, base and ready to its addresses.
start_muster() {
    local log=$dir/$1.log url=$2 scim operations
    shift 2
    free_port; scim=$port
    free_port; operations=$port
    base=http://127.0.0.1:$scim/scim/v2 ready=http://127.0.0.1:$operations/readyz
    env MUSTER_SERVER__BOOTSTRAP_TOKEN="$TOKEN" MUSTER_SERVER__LISTEN="127.0.0.1:$scim" MUSTER_OPERATIONS__LISTEN="127.0.0.1:$operations" \
        MUSTER_DATABASE__URL="$url" MUSTER_LOG__LEVEL="${MUSTER_LOG__LEVEL:-warn}" "$@" "$muster" serve >"$log" 2>&1 &
    server=$!
    children+=("$server")
    for _ in {1..300}; do
        if listening "$scim"; then
            say "$("$muster" --version) as process $server: $url $*"
            return 0
        fi
        is_running "$server" || break
        sleep 0.1
    done
    say "the server does not start"
    return 1
}
