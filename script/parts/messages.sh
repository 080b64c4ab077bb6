# What the scripts say to an operator: plain sentences, progress on stdout, trouble on stderr.
# shellcheck shell=bash

# say LINE...: each argument is a line.
say() {
    printf "%s\n" "$@"
}

# warn LINE...
warn() {
    printf "%s\n" "$@" >&2
}

# refuse STATUS LINE...: say why and end the script with STATUS (1 refused, 2 wrong usage).
refuse() {
    local status=$1
    shift
    warn "$@"
    exit "$status"
}

# duration SECONDS: 75 → "1 min 15 s".
duration() {
    if (($1 < 60)); then
        printf '%d s' "$1"
    else
        printf '%d min %d s' $(($1 / 60)) $(($1 % 60))
    fi
}
