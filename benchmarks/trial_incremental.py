"""Hundreds of made towns: after every arrival and decision, joining everything anew changes nothing.

    script/trial incremental [TOWNS]

Runs the tests of tests/threats/test_incremental.py over so many towns (200 when not said), forty acts each.
"""

import os
import subprocess
import sys


def main() -> int:
    """Run them; the exit code is theirs."""
    environment = {**os.environ, "TOWNS": sys.argv[1] if len(sys.argv) > 1 else "200"}
    command = [sys.executable, "-m", "pytest", "-q", "tests/threats/test_incremental.py"]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
