"""Ten districts of different kinds on real boundaries: their summaries written, counted in pages, kept to be looked at.

    script/trial summaries [--pictures FOLDER] [--dpi 60]

A city, a ring with a hole, a tiny one, one without debates, one of which nothing is known, one voice only, 20,000
reports, long names, protected categories alone, debates and requests alone. Voices are made up, boundaries, names and
recorded offences are those of the reference data beside the repository; where these are absent, it says so and tries
nothing. Each is written in Polish and English, for everybody and for staff. With --pictures every page is drawn, and
each document is put together as one picture. Fails when a document has an empty page, a word runs out of the page, or a
second run prints anything again.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from flask_migrate import upgrade
from pypdf import PdfReader

from benchmarks.place_recognition import COUNTRY
from consult.accounts import operations as accounts
from consult.app import create_app
from consult.catalogue import queries as categories
from consult.config import Config
from consult.db import transaction
from consult.districts import queries as districts
from consult.geo import Place, to_degrees
from consult.observations.models import Plane
from consult.observations.operations import Voice
from consult.period import Period
from consult.summaries import operations
from consult.summaries.figures import Edition
from consult.summaries.operations import Unchanged
from consult.threats import joining, releasing
from consult.threats import operations as threats
from consult.web.roles import Role

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
RECORDS = [
    ("police-records", "import", str(SHARED / "statistics" / f"GUS_BDL_{name}_2013-2024.xlsx"), "--kind", kind)
    for name, kind in (("przestepstwa", "offences"), ("ludnosc", "population"))
]
PERIOD = Period.parse("2026-Q3")
OPEN_KINDS = ("parkowanie", "predkosc", "alkohol", "dzikie_wysypiska", "infrastruktura_drogowa", "akty_wandalizmu")
PROTECTED_KINDS = ("srodki_odurzajace", "znecanie_zwierzeta", "maloletni_demoralizacja", "zebractwo")
DISTRICTS = {
    "a city": ("1465", 3_000, OPEN_KINDS),
    "a ring with a hole": ("0209", 250, OPEN_KINDS),
    "a tiny one": ("2476", 120, OPEN_KINDS),
    "no debates": ("1003", 160, OPEN_KINDS),
    "nothing known": ("0403", 0, ()),
    "one voice only": ("0802", 1, OPEN_KINDS),
    "20,000 reports": ("1261", 20_000, OPEN_KINDS),
    "long names": ("1603", 200, OPEN_KINDS),
    "protected alone": ("1208", 140, PROTECTED_KINDS),
    "debates alone": ("2804", 0, ()),
}
WITH_DEBATES = ("1465", "0209", "1603", "2804")
LONG = "Niedostosowanie sygnalizacji świetlnej i nieoświetlone przejście dla pieszych przy skrzyżowaniu ulic. "


def main() -> int:
    """Load the country, make the voices, write every summary twice, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--dpi", type=int, default=60)
    chosen = parser.parse_args()
    if not SHARED.is_dir():
        print(f"The reference data are not beside the repository ({SHARED.name}): nothing was tried.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return _tried(Path(folder), chosen.pictures, chosen.dpi)


def _tried(folder: Path, pictures: Path | None, dpi: int) -> int:
    config = Config(
        SECRET_KEY="t" * 40,
        SQLALCHEMY_DATABASE_URI=f"sqlite+pysqlite:///{folder}/trial.db",
        INSTANCE=folder,
        REPORTS_OUT=folder / "out",
    )
    app = create_app(config)
    with app.app_context():
        upgrade()
    for words in (("catalogue", "load"), *COUNTRY, *RECORDS):
        told = app.test_cli_runner().invoke(args=list(words))
        if told.exit_code:
            print(told.output)
            return 1
    faults = 0
    with app.app_context():
        for code, count, kinds in DISTRICTS.values():
            with transaction():
                threats.admit_many(_voices(code, count, kinds))
        with transaction():
            joining.join()
        with transaction():
            for code in WITH_DEBATES:
                _debate(code)
        with transaction():
            for month in PERIOD.in_months:
                releasing.write_month(month)
        for kind, (code, count, _kinds) in DISTRICTS.items():
            for edition in Edition:
                for language in ("pl", "en"):
                    faults += _written(kind, code, count, edition, language, pictures, dpi)
    print(f"faults: {faults}")
    return 1 if faults else 0


def _voices(code: str, count: int, kinds: tuple[str, ...]) -> list[Voice]:
    """Make up voices in a district: in the period and the one before, around a few hundred spots, some described."""
    rng = random.Random(code)
    area = next(region for region in districts.districts() if region.code == code)
    west, south, east, north = area.shape.bounds
    spots = []
    while len(spots) < max(min(count // 3, 900), 1):
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if area.shape.covers(_point(x, y)):
            spots.append((x, y, rng.choice(kinds) if kinds else ""))
    made = []
    for number in range(count):
        x, y, kind = spots[min(int(rng.expovariate(5 / len(spots))), len(spots) - 1)]
        category = categories.by_code(kind)
        assert category is not None, kind
        lon, lat = to_degrees(x + rng.gauss(0, 12), y + rng.gauss(0, 12))
        when = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(hours=rng.randrange(182 * 24))
        plane = Plane.DIRECT_CONTACT if rng.random() < 0.1 else Plane.ONLINE
        text = LONG if rng.random() < 0.2 else ""
        made.append(
            Voice("benchmarks", f"{code}-{number}", plane, category, Place.point(lon, lat), when, when, text=text)
        )
    return [voice for voice in made if area.shape.covers(_point(*_metres(voice)))]


def _point(x: float, y: float):
    import shapely

    return shapely.Point(x, y)


def _metres(voice: Voice) -> tuple[float, float]:
    from consult.geo import to_metres

    return to_metres(*voice.place.lon_lat)


def _debate(code: str) -> None:
    """Hold a debate with a long request that was answered and one that waits."""
    unit = accounts.create_unit(code, f"Komenda Policji {code}", f"pl/{code[:2]}/{code}/", [code])
    author = accounts.create(f"dzielnicowy.{code}@example.pl", "dzielnicowy", Role.OFFICER, unit)
    from tests.debates import makers

    meeting = makers.meeting(author, residents=37, district_codes=[code], held_on=date(2026, 9, 10))
    makers.proposal(author, meeting, (LONG * 5).strip(), due_on=date(2026, 10, 1))
    makers.proposal(author, meeting, "Oświetlenie ulicy Polnej", due_on=date(2027, 1, 10))


def _written(kind: str, code: str, count: int, edition: Edition, language: str, pictures: Path | None, dpi: int) -> int:
    started = time.perf_counter()
    done = operations.write(code, PERIOD, edition, language)
    seconds = time.perf_counter() - started
    data = done.pdf.read_bytes()
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages]
    empty = [number for number, text in enumerate(pages, 1) if len(text) < 200]
    is_same = isinstance(operations.write(code, PERIOD, edition, language), Unchanged)
    print(
        f"{kind:20} {code} {edition.value:9} {language}  {count:6,} voices  {len(pages):2} pages  {seconds:5.1f} s  "
        f"{len(data) >> 10:4} kB{'' if is_same else '  PRINTED AGAIN'}{f'  EMPTY {empty}' if empty else ''}",
        flush=True,
    )
    if pictures is not None:
        _drawn(done.pdf, pictures, f"{code}-{edition.value}-{language}", dpi)
    return len(empty) + (not is_same)


def _drawn(pdf: Path, folder: Path, name: str, dpi: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(folder / name)], check=True)


if __name__ == "__main__":
    sys.exit(main())
