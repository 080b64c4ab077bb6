"""Disclosure control of a national release: 380 districts in 16 voivodeships × categories × 12 months.

    .venv/bin/python -m benchmarks.disclosure [--months 12] [--districts 380]

Prints a table: for the four generalised categories of the catalogue and for 27, at three densities, how many cells a
month has with all its totals, how many are small, how many are hidden, the processor time of choosing them until the
attacker finds nothing, that of attacking what would be published once more without knowing the true numbers, and the
peak memory. Generated counts: districts and categories differ in size as those of a country do (log-normal).
"""

import argparse
import resource
import time

import numpy as np

from consult.attack import Protection
from consult.releases.areas import Layout

PROTECTION = Protection(below=5, width=3)
VOIVODESHIPS = [f"{2 * number:02}" for number in range(1, 17)]


def month(random, districts, columns, mean):
    """Make a month's counts by district and category."""
    size = random.lognormal(0, 1, districts)
    share = random.lognormal(0, 0.8, columns)
    found = random.poisson(mean * np.outer(size / size.mean(), share / share.mean()))
    codes = [f"{VOIVODESHIPS[number % 16]}{number // 16 + 1:02}" for number in range(districts)]
    return codes, {(code, f"c{c:02}"): int(found[d, c]) for d, code in enumerate(codes) for c in range(columns)}


def measure(districts, columns, mean, months):
    """Release so many months; give cells, small and hidden ones of all months, and the times."""
    random = np.random.default_rng(7)
    cells = small = hidden = 0
    choosing = attacking = 0.0
    for _month in range(months):
        codes, counts = month(random, districts, columns, mean)
        layout = Layout(codes, sorted({column for _code, column in counts}))
        begin = time.process_time()
        shown = layout.shown(counts, PROTECTION)
        middle = time.process_time()
        assert layout.worked_out(shown, PROTECTION) == {}
        attacking += time.process_time() - middle
        choosing += middle - begin
        values = layout.values(counts)
        cells += len(values)
        small += int(((values > 0) & (values < PROTECTION.below)).sum())
        hidden += sum(count is None for row in shown.values() for count in row.values())
    return cells, small, hidden, choosing, attacking


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--districts", type=int, default=380)
    asked = parser.parse_args()
    print(f"| {asked.months} months | cells | small | hidden | choosing, s | attacking the files, s | peak, MB |")
    print("|---|---|---|---|---|---|---|")
    for columns in (4, 27):
        for mean in (0.5, 3.0, 20.0):
            told = measure(asked.districts, columns, mean, asked.months)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            name = f"{columns} categories, {mean:g} threats in a cell"
            print(
                f"| {name} | {told[0]:,} | {told[1]:,} | {told[2]:,} | {told[3]:.1f} | {told[4]:.1f} | {peak:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
