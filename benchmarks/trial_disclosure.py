"""Thousands of random countries and surveys under attack: no hidden number is ever found out.

    script/trial disclosure [TABLES]

Runs tests/releases/test_attacks.py with so many tables for each attack (2,000 when not said): equations solved by a
program that shares no line with the product's, subtraction over nested areas, two releases side by side.
"""

import os
import subprocess
import sys


def main() -> int:
    """Run it; the exit code is its own."""
    environment = {**os.environ, "ATTACKS": sys.argv[1] if len(sys.argv) > 1 else "2000"}
    print("tables for each attack:", environment["ATTACKS"])
    command = [sys.executable, "-m", "pytest", "-q", "--durations=10", "tests/releases/test_attacks.py"]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
