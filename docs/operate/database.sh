#!/bin/bash
# Run once by the image of PostgreSQL, on an empty volume: the product gets a role of its own, which owns its database
# and nothing else. The role that the image made is left without a password: it signs in within the container alone.
# Reads DATABASE_NAME (of the role and its database), DATABASE_PASSWORD and POSTGRES_USER.
set -euo pipefail
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
\getenv name DATABASE_NAME
\getenv password DATABASE_PASSWORD
CREATE ROLE :"name" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL
