# A temporary PostgreSQL cluster for the tests: in a folder of its own, reached through a socket only this machine's
# user can open, never on a port, and gone when the script ends. PostgreSQL refuses to run as root: then an unprivileged user does.
# shellcheck shell=bash

CLUSTER=""

cluster_user() {
    if ((EUID != 0)); then
        id -un
    elif id postgres >/dev/null 2>&1; then
        printf 'postgres\n'
    else
        printf 'nobody\n'
    fi
}

as_cluster_user() {
    if ((EUID == 0)); then
        (cd / && exec runuser -u "$(cluster_user)" -- "$@")
    else
        "$@"
    fi
}

# start_cluster BINARIES: make and start it; CLUSTER is then its folder.
start_cluster() {
    POSTGRESQL=$1
    CLUSTER=$(mktemp -d /tmp/consult-postgresql.XXXXXX)
    chown "$(cluster_user)" "$CLUSTER"
    as_cluster_user "$POSTGRESQL/initdb" --pgdata="$CLUSTER/data" --username=consult --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions >"$CLUSTER.log" 2>&1 \
        && as_cluster_user "$POSTGRESQL/pg_ctl" --pgdata="$CLUSTER/data" --log="$CLUSTER/log" --wait --silent start \
            -o "-c listen_addresses='' -c unix_socket_directories=$CLUSTER -c autovacuum=off -c fsync=off -c full_page_writes=off -c synchronous_commit=off" \
            >>"$CLUSTER.log" 2>&1 \
        && as_cluster_user "$POSTGRESQL/createdb" --host="$CLUSTER" --username=consult consult_test >>"$CLUSTER.log" 2>&1
}

cluster_url() {
    printf 'postgresql+psycopg://consult@/consult_test?host=%s' "$CLUSTER"
}

# Why the cluster did not start, in its own words.
cluster_trouble() {
    cat "$CLUSTER.log" "$CLUSTER/log" 2>/dev/null | tail -n 20
}

# How many transactions the cluster has seen: proof that the tests did reach it.
cluster_transactions() {
    as_cluster_user "$POSTGRESQL/psql" --host="$CLUSTER" --username=consult --dbname=postgres --no-psqlrc --tuples-only --no-align \
        --command="select coalesce(sum(xact_commit + xact_rollback), 0) from pg_stat_database where datname not in ('postgres', 'template0', 'template1')"
}

stop_cluster() {
    [[ -n $CLUSTER ]] || return 0
    as_cluster_user "$POSTGRESQL/pg_ctl" --pgdata="$CLUSTER/data" --mode=immediate --silent stop >/dev/null 2>&1 || true
    rm -rf "$CLUSTER" "$CLUSTER.log"
    CLUSTER=""
}
