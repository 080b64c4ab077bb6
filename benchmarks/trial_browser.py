"""Every page for every role, and every questionnaire for every reader, in Chromium: what the gate looks at in part."""

import os
import subprocess
import sys


def main() -> int:
    """Run the tests of pages in a browser with nothing left out; the exit code is theirs."""
    environment = {**os.environ, "BROWSE_EVERYTHING": "1"}
    command = [sys.executable, "-m", "pytest", "--durations=10", "tests/browser", *sys.argv[1:]]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
