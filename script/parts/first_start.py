"""Checks the settings before anything starts, and tells whether this is a database's first start.

Prints the file where the demonstration's notes (sign-ins, where the PDFs are) are kept, then "first" or "again".
A deleted database file, or another DATABASE_URL, is a first start again.
"""

import hashlib
import os
import sys
from pathlib import Path

from consult.config import ROOT, Config, ConfigurationRefused

OWNER_ONLY = 0o700  # the folder holds the database, and so what people said


def notes(config: Config) -> Path:
    """One file of notes for each database this installation has served."""
    database = hashlib.sha256(config.SQLALCHEMY_DATABASE_URI.encode()).hexdigest()[:12]
    return config.INSTANCE / f"demonstration-{database}.txt"


def is_first_start(config: Config) -> bool:
    """Whether the demonstration has not been loaded into this database."""
    scheme, _, file = config.SQLALCHEMY_DATABASE_URI.partition(":///")
    is_gone = scheme.startswith("sqlite") and not Path(file).is_file()
    return is_gone or not notes(config).is_file()


def main() -> None:
    """Answer, or say which setting is wrong."""
    Path(os.environ.get("INSTANCE_PATH", ROOT / "instance")).mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    try:
        config = Config.from_environment()
    except ConfigurationRefused as refusal:
        sys.exit(f"The product does not start with this setting. {refusal}")
    print(notes(config), "first" if is_first_start(config) else "again", sep="\n")


if __name__ == "__main__":
    main()
