# The product's own environment in .venv: Python packages, built pages, compiled translations.
# Each step leaves a stamp of what it was made from, so that a repeated run has nothing to do.
# shellcheck shell=bash

readonly STAMPS=.venv/stamps

fingerprint() {
    cat "$@" | sha256sum | cut -d' ' -f1
}

is_stamped() {
    [[ -f $STAMPS/$1 && $(<"$STAMPS/$1") == "$2" ]]
}

stamp() {
    mkdir -p "$STAMPS"
    printf '%s\n' "$2" >"$STAMPS/$1"
}

# An environment cannot be moved and dies with its Python: then it is made anew.
environment_is_whole() {
    .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || return 1
    is_stamped place "$PWD"
}

create_environment() {
    say "Creating the Python environment in .venv with $("$1" --version) …"
    rm -rf .venv
    "$1" -m venv .venv || refuse 1 "The Python environment could not be created (the reason is above)."
    stamp place "$PWD"
}

# install_requirements FILE: exactly the pinned, hashed packages of FILE.
install_requirements() {
    local file=$1 print
    print=$(fingerprint "$file")
    is_stamped "$file" "$print" && return 0
    say "Installing the Python packages of $file (the first time this takes a few minutes) …"
    if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$file" \
        >"$SETUP_LOG" 2>&1; then
        tail -n 20 "$SETUP_LOG" >&2
        refuse 1 "The Python packages of $file could not be installed (the end of pip's output is above)." \
            "Check the connection to the package index and start this script again."
    fi
    stamp "$file" "$print"
}

compile_translations() {
    local catalogues print
    catalogues=(consult/translations/*/LC_MESSAGES/messages.po)
    [[ -f ${catalogues[0]} ]] || return 0
    print=$(fingerprint "${catalogues[@]}")
    is_stamped translations "$print" && translations_are_compiled && return 0
    say "Compiling the translations …"
    .venv/bin/python -m babel.messages.frontend compile --directory consult/translations >"$SETUP_LOG" 2>&1 \
        || refuse 1 "The translations could not be compiled:" "$(<"$SETUP_LOG")"
    stamp translations "$print"
}

translations_are_compiled() {
    local catalogue
    for catalogue in consult/translations/*/LC_MESSAGES/messages.po; do
        [[ -f ${catalogue%.po}.mo ]] || return 1
    done
}
