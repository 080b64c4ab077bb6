"""Two real districts from empty tables to their PDFs: what an office does in its first week, timed.

    script/trial districts            (or: .venv/bin/python benchmarks/trial_districts.py --keep FOLDER)

Imports real boundaries and real requests of debates from the reference data beside the repository, 5,000 generated
online reports inside the districts 1003 and 3023, joins everything and writes both summaries. The reports are
generated: nobody sent them. Where the reference data are absent, it says so and measures nothing.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import shapely

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
UNITS = (
    ("1003", "KPP w Łasku (próba)", "lodzkie/kpp-lask/"),
    ("3023", "KPP w Słupcy (próba)", "wielkopolskie/kpp-slupca/"),
)
KINDS = {
    "parkowanie": (
        28,
        ("auta stoją na chodniku przy sklepie", "zastawiony wjazd koło przychodni", "parkują na przejściu", ""),
    ),
    "predkosc": (24, ("pędzą koło szkoły", "kierowcy nie zwalniają na prostej", "wyprzedzanie przed przejściem", "")),
    "infrastruktura_drogowa": (10, ("dziury w jezdni", "brak oświetlenia przejścia", "zniszczony znak", "")),
    "alkohol": (12, ("piją na ławce przy placu zabaw", "libacje za sklepem", "")),
    "dzikie_wysypiska": (7, ("śmieci w lesie przy drodze", "worki z gruzem nad rowem", "")),
    "akty_wandalizmu": (5, ("połamane ławki w parku", "zniszczona wiata przystanku", "")),
    "bezpanskie_psy": (4, ("psy bez opieki koło bloków", "")),
    "maloletni_demoralizacja": (3, ("młodzież zbiera się wieczorem przy garażach", "")),
    "srodki_odurzajace": (3, ("podejrzane spotkania na parkingu", "")),
    "bezdomny_pomoc": (2, ("osoba śpi w altanie", "")),
    "organizacja_ruchu": (2, ("źle ustawione światła", "")),
}


def outline(level, code):
    """The polygon of an area in the reference boundaries, in degrees."""
    features = json.loads((SHARED / "boundaries" / f"pl_{level}.geojson").read_text())["features"]
    return next(shapely.geometry.shape(f["geometry"]) for f in features if f["properties"]["terc"] == code)


def hot_spots(dice, shape, count):
    """Positions inside a polygon, where people will see things again and again."""
    west, south, east, north = shape.bounds
    found = []
    while len(found) < count:
        spot = shapely.Point(dice.uniform(west, east), dice.uniform(south, north))
        if shape.contains(spot):
            found.append((spot.x, spot.y))
    return found


def reports(count, until):
    """GeoJSON of generated reports: half at a few recurring spots, half anywhere, over a year."""
    dice = random.Random(1003)
    shapes = {code: outline("powiaty", code) for code, _name, _path in UNITS}
    spots = {code: hot_spots(dice, shape, 60) for code, shape in shapes.items()}
    kinds, weights = zip(*((kind, weight) for kind, (weight, _texts) in KINDS.items()), strict=True)
    kind_of = {(code, k): dice.choices(kinds, weights)[0] for code in shapes for k in range(60)}
    features = []
    while len(features) < count:
        code = dice.choice(tuple(shapes))
        if dice.random() < 0.5:
            k = min(int(dice.expovariate(0.09)), 59)
            lon, lat = spots[code][k]
            lon, lat, kind = lon + dice.gauss(0, 4e-4), lat + dice.gauss(0, 2.5e-4), kind_of[code, k]
        else:
            (lon, lat), kind = hot_spots(dice, shapes[code], 1)[0], dice.choices(kinds, weights)[0]
        if not shapes[code].contains(shapely.Point(lon, lat)):
            continue
        moment = until - timedelta(minutes=dice.randrange(365 * 24 * 60))
        features.append({
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
            "properties": {
                "id": f"trial-{len(features)}", "category": kind, "description": dice.choice(KINDS[kind][1]),
                "observed_at": moment.isoformat(timespec="minutes"), "accuracy_m": dice.choice((15, 30, 50)),
            },
        })  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def run(environment, *words):
    """Run a command of the product and print how long it took and what it said last."""
    began = time.perf_counter()
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "flask", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout.strip().splitlines() or [""])[-1]
    named = " ".join(Path(word).name if word.startswith("/") else word for word in words[:3])
    print(f"{time.perf_counter() - began:7.1f} s  flask {named} … {said}", flush=True)
    if done.returncode:
        sys.exit(f"exit {done.returncode}: {done.stderr[-2000:]}")


def trial(folder, count):
    """The office's first week."""
    environment = {**os.environ, "INSTANCE_PATH": str(folder), "REPORTS_OUT": str(folder / "reports_out")}
    environment.setdefault("DATABASE_URL", f"sqlite:///{folder / 'trial.db'}")
    now = datetime.now(UTC)
    (folder / "reports.geojson").write_text(json.dumps(reports(count, now), ensure_ascii=False))
    run(environment, "db", "upgrade")
    run(environment, "catalogue", "load")
    for level, name in (("district", "powiaty"), ("commune", "gminy")):
        file = SHARED / "boundaries" / f"pl_{name}.geojson"
        run(
            environment,
            "districts",
            "import",
            str(file),
            "--level",
            level,
            "--valid-from",
            "2022-01-01",
            "--accuracy",
            "600",
        )
    run(environment, "places", "import", str(SHARED / "gazetteer" / "SIMC_2020-09-26.csv.gz"), "--kind", "simc")
    run(environment, "places", "import", str(SHARED / "gazetteer" / "geonames_pl_500plus.csv"), "--kind", "geonames")
    for code, name, path in UNITS:
        run(environment, "accounts", "unit", code, name, "--path", path, "--area", code)
    requests = SHARED / "debates" / "police_debate_requests.json"
    run(environment, "debates", "import", str(requests), "--unit", "3023")
    run(environment, "online-reports", "import", str(folder / "reports.geojson"))
    run(environment, "threats", "join", "--all")
    run(environment, "threats", "join", "--all")
    year = str(now.year)
    for edition in ("public", "internal"):
        run(environment, "summaries", "write", "1003", "3023", "--period", year, "--edition", edition)
    quarter = f"{now.year}-Q{(now.month - 1) // 3 + 1}"
    run(environment, "summaries", "write", "1003", "3023", "--period", quarter)


def main():
    """Run in a temporary folder, or in one that is kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="a folder that keeps the database and the PDFs")
    parser.add_argument("--reports", type=int, default=5_000)
    chosen = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit("The reference data ../shared/data are not here: nothing was measured.")
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        trial(chosen.keep.resolve(), chosen.reports)
        return
    with tempfile.TemporaryDirectory() as folder:
        trial(Path(folder), chosen.reports)


if __name__ == "__main__":
    main()
