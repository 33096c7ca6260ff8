#!/bin/sh
# A PostgreSQL for the tests alone: no port, a folder and a unix socket of its own.
#
#   scripts/postgres.sh start         prints the folder; the server's URL is in its file `url`
#   scripts/postgres.sh stop FOLDER   stops it and removes the folder
set -eu
programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

as_server() { # PostgreSQL refuses to run as root
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

case $1 in
start)
    folder=$(mktemp -d /tmp/sky-eye-postgres.XXXXXX)
    [ "$(id -u)" != 0 ] || chown postgres: "$folder"
    cd "$folder"
    {
        as_server "$programs/initdb" --pgdata="$folder/cluster" --username=postgres --auth=trust --no-sync \
            --encoding=UTF8 --locale=C
        as_server "$programs/pg_ctl" --pgdata="$folder/cluster" --wait --log="$folder/log" start \
            --options="-c listen_addresses= -c unix_socket_directories=$folder -c fsync=off"
    } >"$folder.out" 2>&1 || { cat "$folder.out" >&2; rm -rf "$folder" "$folder.out"; exit 1; }
    rm "$folder.out"
    echo "postgresql+psycopg://postgres@/postgres?host=$folder" >"$folder/url"
    echo "$folder"
    ;;
stop)
    cd "$2"
    as_server "$programs/pg_ctl" --pgdata="$2/cluster" --mode=immediate stop >/dev/null || true
    cd /
    rm -rf "$2"
    ;;
esac
