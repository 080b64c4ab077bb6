"""How fast a place finds its district, beside the code that everyone writes first.

    python benchmarks/districts.py [--points 100000] [--boundaries FILE] [--vertices 3000] [--rounds 3]

Time is CPU time of one process. The base of the ratios is a tree of the polygons that is asked for all points at once
with the predicate "within". Without a file, the real districts are taken where the reference data lies beside the
repository, else the demonstration's; `--vertices` makes borders as rich in corners as the official ones are.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from consult.demo.boundaries import derived  # noqa: E402
from consult.districts.atlas import OUTSIDE, Atlas  # noqa: E402
from consult.districts.boundary_file import Outline, read  # noqa: E402
from consult.districts.models import Level  # noqa: E402

REAL = ROOT.parent / "shared" / "data" / "boundaries" / "pl_powiaty.geojson"
SINGLE = 20_000
"""So many points are asked one by one."""


def districts(path: Path | None) -> list[Outline]:
    """The polygons to ask."""
    return derived(Level.DISTRICT) if path is None else read(path, "district")


def richer(shape, vertices: int):
    """The same polygon with so many corners, as surveyed borders have them."""
    return shapely.segmentize(shape, shape.length / max(vertices, 4))


def scattered(shapes, count: int):
    """Points all over the frame of the districts, so that some lie outside."""
    west, south, east, north = shapely.total_bounds(shapes)
    chance = np.random.default_rng(1)
    return chance.uniform(west, east, count), chance.uniform(south, north, count)


def naive(shapes, x, y):
    """A tree of the polygons, asked for all points at once: the smallest position where several answer."""
    tree = shapely.STRtree(shapes)
    points, polygons = tree.query(shapely.points(x, y), predicate="within")
    found = np.full(len(x), OUTSIDE, dtype=np.int32)
    found[points[::-1]] = polygons[::-1]
    return found


def cpu(work: Callable[[], object], rounds: int):
    """The best of some rounds in CPU seconds, and the last result."""
    best, result = float("inf"), None
    for _ in range(rounds):
        started = time.process_time()
        result = work()
        best = min(best, time.process_time() - started)
    return best, result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--boundaries", type=Path, default=REAL if REAL.exists() else None)
    parser.add_argument("--vertices", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()

    outlines = districts(chosen.boundaries)
    codes = [outline.code for outline in outlines]
    shapes = [richer(outline.shape, chosen.vertices) if chosen.vertices else outline.shape for outline in outlines]
    bare = np.array(shapes, dtype=object)
    corners = int(shapely.get_num_coordinates(bare).mean())
    x, y = scattered(bare, chosen.points)
    print(f"{len(bare)} districts of {corners} corners on average, {chosen.points:,} points; CPU seconds, best round")

    base, expected = cpu(lambda: naive(bare, x, y), chosen.rounds)
    build, atlas = cpu(lambda: Atlas(codes, [shapely.from_wkb(shape.wkb) for shape in shapes]), 1)
    many, found = cpu(lambda: atlas.at_many(x, y), chosen.rounds)
    single = min(SINGLE, chosen.points)
    each, one_by_one = cpu(lambda: [atlas.at(a, b) for a, b in zip(x[:single], y[:single], strict=True)], 1)
    border, _ = cpu(lambda: atlas.borders_m(found, x, y), 1)

    for name, seconds in (
        ("tree of polygons, within", base),
        ("atlas, all points at once", many),
        ("atlas, one by one", each * chosen.points / single),
        ("border distance of each", border),
        ("preparing the atlas, once", build),
    ):
        a_point = seconds / chosen.points * 1e6
        print(f"{name:28} {seconds:8.3f} s {a_point:8.2f} us a point   {base / seconds:7.1f} times the base's speed")
    wrong = int((found != expected).sum()) + int((np.array(one_by_one) != found[:single]).sum())
    print(f"answers that differ: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
