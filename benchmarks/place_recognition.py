"""How many of the places that people name are recognised, and how many of the offers are right.

    .venv/bin/python -m benchmarks.place_recognition            (--keep FOLDER keeps the database for the next time)

Requests of real debates from the reference data beside the repository, read with the words, the district and the town
of the debate alone; and invented sentences with traps (tests/districts/sentences.csv), those held out written when the
rules already stood. Where the reference data are absent, it says so and measures nothing.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
REQUESTS = SHARED / "debates" / "police_debate_requests.json"
SENTENCES = ROOT / "tests" / "districts" / "sentences.csv"
FROM = ("--valid-from", "2022-01-01", "--accuracy", "600")
COUNTRY = (
    *(
        ("districts", "import", str(SHARED / "boundaries" / f"pl_{name}.geojson"), "--level", level, *FROM)
        for level, name in (("district", "powiaty"), ("commune", "gminy"))
    ),
    ("places", "import", str(SHARED / "gazetteer" / "SIMC_2020-09-26.csv.gz"), "--kind", "simc"),
    ("places", "import", str(SHARED / "gazetteer" / "geonames_pl_500plus.csv"), "--kind", "geonames"),
)
"""Commands that load boundaries and names of the whole country."""

CROSSING = "skrzyżowanie"
CROSSING_LABEL, SECTION_LABEL = "skrzyżowanie: ", "odcinek: "


@dataclass(frozen=True)
class Line:
    """A text with the district and the town of the meeting, and what ought to be offered."""

    text: str
    district: str
    town: str
    expected: frozenset[str]


@dataclass
class Score:
    """Counts over lines: offers that are right and wrong, places that were missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __str__(self):
        """Precision is right of all offers, recall is right of all that ought to be offered."""
        offers, wanted = self.right + self.wrong, self.right + self.missed
        return (
            f"precision {self.right}/{offers} = {self.right / max(1, offers):.3f}, "
            f"recall {self.right}/{wanted} = {self.right / max(1, wanted):.3f}"
        )


def real_lines():
    """The published requests; what the words do not hold is not asked for."""
    for request in json.loads(REQUESTS.read_text(encoding="utf-8")):
        named = frozenset(plain(place["lemma"]) for place in request["places"] if place["in_text"])
        yield Line(request["request"], request["powiat_teryt"], request["debate_place"], named)


def plain(lemma):
    """A lemma of the file as an offer says it: "skrzyżowanie ul. Lipowa / ul. Gajewskich" is "Lipowa i Gajewskich"."""
    if lemma.startswith(CROSSING):
        return lemma.removeprefix(CROSSING).replace("ul. ", "").replace(" / ", " i ").strip()
    return lemma.removeprefix("odcinek drogi ").replace("–", " – ")


def invented_lines(half):
    """The invented sentences of one half; labels without their kinds."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            named = [part.split(": ", 1)[1].strip() for part in row["expected"].split("|") if part.strip()]
            if row["half"] == half:
                yield Line(row["sentence"], row["district"], row["town"], frozenset(named))


def name_of(mention, expected):
    """An offer as the line expects it: with its town, or without."""
    label = mention.label.removeprefix(CROSSING_LABEL).removeprefix(SECTION_LABEL)
    short = label.split(", ")[0]
    return label if label in expected else short


def scored(lines, offers_of, *, are_communes_annotated=True):
    """Count, and print each line that is not as it ought to be."""
    score = Score()
    for line, offers in zip(lines, offers_of, strict=True):
        kept = [offer for offer in offers if are_communes_annotated or offer.kind != "commune"]
        names = {name_of(offer, line.expected) for offer in kept}
        wrong, missed = names - line.expected, line.expected - names
        score.right += len(names & line.expected)
        score.wrong += len(wrong)
        score.missed += len(missed)
        if wrong or missed:
            print(f"  {line.text[:90]!r}: wrong {sorted(wrong)}, missed {sorted(missed)}")
    return score


def offers(lines):
    """What is offered for each line, and the processor time for each in milliseconds, the first one apart."""
    from consult.districts.recognising import recognised

    recognised("w Słupcy", ["3023"], "Słupca")
    began = time.process_time()
    found = [recognised(line.text, [line.district], line.town) for line in lines]
    return found, (time.process_time() - began) * 1000 / len(lines)


def load():
    """Boundaries and names of the whole country."""
    for words in (("db", "upgrade"), *COUNTRY):
        subprocess.run([ROOT / ".venv" / "bin" / "flask", *words], cwd=ROOT, check=True, capture_output=True)


def measure(folder):
    """Load what is not there yet and print the figures."""
    database = folder / "trial.db"
    os.environ |= {
        "INSTANCE_PATH": str(folder),
        "REPORTS_OUT": str(folder / "out"),
        "DATABASE_URL": f"sqlite:///{database}",
    }
    if not database.exists():
        load()
    from consult.app import create_app

    with create_app().app_context():
        for name, lines, are_annotated in (
            ("real requests", list(real_lines()), False),
            ("invented, tuning", list(invented_lines("tuning")), True),
            ("invented, held out", list(invented_lines("held-out")), True),
        ):
            found, spent_ms = offers(lines)
            score = scored(lines, found, are_communes_annotated=are_annotated)
            print(f"{name}: {len(lines)} lines, {score}, {spent_ms:.1f} ms a line", flush=True)


def main():
    """Measure in a temporary folder, or in one that is kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="a folder that keeps the database")
    chosen = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit("The reference data ../shared/data are not here: nothing was measured.")
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        measure(chosen.keep.resolve())
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))


if __name__ == "__main__":
    main()
