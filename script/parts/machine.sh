# The machine under the product: its Python, system libraries, Node, Chromium and PostgreSQL.
# What is missing is installed with apt-get when that is allowed; otherwise the exact line to type is printed.
# shellcheck shell=bash

readonly OLDEST_PYTHON="3.11"
readonly OLDEST_NODE=18

# A Python of at least OLDEST_PYTHON; the versions the product is tested with come first. PYTHON=… overrides.
find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3 /usr/bin/python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

require_python() {
    find_python || refuse 1 "Python $OLDEST_PYTHON or newer was not found. On Debian 12, Ubuntu 24.04 or a newer one type:" \
        "" "    $(apt_line python3 python3-venv)"
}

# The environment's Python when there is one, for it starts faster than a search.
any_python() {
    if [[ -x .venv/bin/python ]]; then
        printf '.venv/bin/python\n'
    else
        require_python
    fi
}

# The Debian package that lets this Python create an environment; empty when nothing is missing.
missing_venv_package() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return 0
    "$1" -c 'import sys; print(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")'
}

# The Debian packages of the libraries that draw PDFs and are not on this machine.
missing_libraries() {
    "$1" - <<'PYTHON'
import ctypes

PACKAGES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
for library, package in PACKAGES.items():
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
PYTHON
}

node_version() {
    node --version 2>/dev/null | sed 's/^v//'
}

missing_node() {
    command -v node >/dev/null || printf 'nodejs\n'
    command -v npm >/dev/null || printf 'npm\n'
}

# A Node that is there but too old cannot be cured by Debian's package: say so.
require_recent_node() {
    local version
    version=$(node_version)
    if ((${version%%.*} < OLDEST_NODE)); then
        refuse 1 "Node $version is too old: building the pages' scripts and styles needs Node $OLDEST_NODE or newer."
    fi
}

find_chromium() {
    command -v chromium || command -v chromium-browser || command -v /snap/bin/chromium
}

# Ubuntu calls Debian's package by another name.
missing_chromium() {
    find_chromium >/dev/null && return 0
    if grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; then
        printf 'chromium-browser\n'
    else
        printf 'chromium\n'
    fi
}

# The folder with initdb, pg_ctl and postgres: the newest of Debian's, else the one pg_config or PATH knows.
find_postgresql() {
    local folder
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) \
        "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v initdb || echo /nowhere/initdb)")"; do
        if [[ -x $folder/initdb && -x $folder/postgres ]]; then
            printf '%s\n' "$folder"
            return 0
        fi
    done
    return 1
}

missing_postgresql() {
    find_postgresql >/dev/null || printf 'postgresql\n'
}

may_install() {
    command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }
}

as_administrator() {
    if ((EUID == 0)); then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

# The line to type: with sudo where there is one, else as root.
apt_line() {
    local rights=sudo
    command -v sudo >/dev/null || rights=""
    [[ -n $rights ]] || printf '(as root) '
    printf '%sapt-get update && %sapt-get install --no-install-recommends -y %s' "${rights:+sudo }" "${rights:+sudo }" "$*"
}

# Install the named Debian packages, or say the line to type and stop.
install_packages() {
    (($# > 0)) || return 0
    if ! may_install; then
        refuse 1 "These system packages are missing: $*." \
            "Type the line below, then start this script again:" "" "    $(apt_line "$@")"
    fi
    say "Installing system packages: $* …"
    if ! { as_administrator apt-get update -qq && as_administrator apt-get install --no-install-recommends -y -qq "$@"; } \
        >"$SETUP_LOG" 2>&1 </dev/null; then
        tail -n 20 "$SETUP_LOG" >&2
        refuse 1 "The system packages could not be installed (the end of apt-get's output is above). Try it yourself:" \
            "" "    $(apt_line "$@")"
    fi
}
