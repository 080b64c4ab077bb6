#!/bin/sh
# Make a backup, check it, and forget those that are older than KEPT_DAYS. Run from the product's folder.
# BACKUPS: where they lie. A failure ends with a status that systemd or cron reports, and forgets nothing.
set -eu
: "${BACKUPS:?say where the backups lie}"
kept_days=${KEPT_DAYS:-14}
mkdir -p "$BACKUPS"
file=$BACKUPS/consult-$(date -u +%Y%m%dT%H%M%SZ).zip
.venv/bin/flask --app wsgi backup create "$file"
.venv/bin/flask --app wsgi backup verify "$file"
find "$BACKUPS" -name 'consult-*.zip' -type f -mtime "+$kept_days" -delete
