"""How many tests passed, failed and were skipped, read from the record pytest leaves: "12 0 1"."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def counts(record: Path) -> tuple[int, int, int]:
    """Passed, failed (errors included) and skipped tests of one run."""
    suites = list(ET.parse(record).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped


if __name__ == "__main__":
    print(*counts(Path(sys.argv[1])))
