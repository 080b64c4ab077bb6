"""A thousand interleavings of two officers who write one meeting's minutes: no line is lost, none is doubled.

    script/trial interleavings [ROUNDS]

Runs tests/debates/test_at_once.py with so many rounds (1,000 when not said), on the database of TEST_DATABASE_URL or
on SQLite.
"""

import os
import subprocess
import sys


def main() -> int:
    """Run it; the exit code is its own."""
    environment = {**os.environ, "INTERLEAVINGS": sys.argv[1] if len(sys.argv) > 1 else "1000"}
    print("database:", os.environ.get("TEST_DATABASE_URL", "SQLite").partition(":")[0])
    command = [sys.executable, "-m", "pytest", "-q", "--durations=1", "tests/debates/test_at_once.py"]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
