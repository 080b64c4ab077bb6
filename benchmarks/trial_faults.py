"""Faults on purpose: kills, full disks, locks, torn files, wrong clocks; nothing acknowledged is lost or doubled.

    script/trial faults [F01 F02 …]

Each prints a line with its counters and for which database. SQLite is a file, PostgreSQL a temporary cluster of its own
that writes as a real one does. What a machine cannot do (mount a small disk, inject errors, wrong clocks) is named.
"""

import os
import sys
import time

from benchmarks.faults import clocks, disks, keeping, printing, stopping, tables, waiting
from benchmarks.faults.machine import COUNTED, NotRun

FAULTS = {
    "F01": stopping.killed_servers,
    "F02": stopping.killed_databases,
    "F03": stopping.ended_servers,
    "F04": disks.full_sqlite,
    "F05": disks.full_postgresql,
    "F06": disks.failing_disks,
    "F07": waiting.one_code,
    "F08": waiting.one_button,
    "F09": waiting.locked,
    "F10": printing.killed_presses,
    "F11": printing.poisoned,
    "F12": keeping.busy_backups,
    "F13": keeping.old_backups,
    "F14": tables.every_step,
    "F15": tables.killed_steps,
    "F16": clocks.set_clocks,
    "F17": disks.read_only_shelf,
    "F18": waiting.torn_files,
    "F19": stopping.restarted_databases,
    "F20": disks.synced,
    "F21": printing.killed_workers,
    "F22": stopping.cut_lines,
}


def run(name):
    """Run one fault on its databases; print a line for each, and tell whether all of them held."""
    held_all = True
    try:
        for database, is_good, words in FAULTS[name]():
            print(f"{name} {database:10} {'held  ' if is_good else 'BROKEN'} {words}", flush=True)
            held_all = held_all and is_good
    except NotRun as why:
        print(f"{name} {'':10} not run: {why}", flush=True)
        held_all = None
    except Exception as problem:  # noqa: BLE001  # the other faults are tried all the same
        print(f"{name} {'':10} BROKEN {type(problem).__name__}: {problem}", flush=True)
        held_all = False
    return held_all


def main():
    """Run those that were named, or all."""
    wanted = sys.argv[1:] or sorted(FAULTS)
    unknown = [name for name in wanted if name not in FAULTS]
    if unknown:
        sys.exit(f"There is no fault {', '.join(unknown)}. These exist: {', '.join(FAULTS)}")
    os.environ.pop("TEST_DATABASE_URL", None)
    began = time.monotonic()
    found = [run(name) for name in wanted]
    print(", ".join(f"{name} {n}" for name, n in COUNTED.items()), flush=True)
    took_s = time.monotonic() - began
    print(f"{found.count(True)} of {len(found)} held, not run {found.count(None)}, {took_s:.0f} s", flush=True)
    return 1 if False in found else 0


if __name__ == "__main__":
    sys.exit(main())
