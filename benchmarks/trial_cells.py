"""Ten thousand random filters: the counts of the map's cells and of threats without a place add up to the list."""

import os
import subprocess
import sys


def main() -> int:
    """Run the property tests of cells with ten thousand cases each; the exit code is theirs."""
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "trial"}
    command = [sys.executable, "-m", "pytest", "-v", "--hypothesis-show-statistics", "tests/threats/test_cells.py"]
    return subprocess.run([*command, *sys.argv[1:]], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
