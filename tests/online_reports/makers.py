"""Files of reports as other systems export them, and the command that reads them."""

import json
from dataclasses import replace

from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.geo import Place
from consult.online_reports import operations, rows
from consult.receipts import receipt_of
from tests.factories import LASK

DAY = "2026-07-15"


def feature(row=1, geometry=None, **properties):
    """A feature of a GeoJSON file: a report of improper parking in the small world."""
    given = {"category": "parkowanie", "description": f"Auto nr {row} na chodniku", "observed_at": DAY, **properties}
    said = {name: value for name, value in given.items() if value is not ...}
    return {"type": "Feature", "properties": said, "geometry": geometry or point(*LASK)}


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def collection(*features, **members):
    """The text of a GeoJSON file."""
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)})


HEADER = "category;description;observed_at;lon;lat"


def table(*rows, header=HEADER):
    """The text of a CSV file."""
    return "\r\n".join([header, *rows]) + "\r\n"


def line(category="parkowanie", description="Auto na chodniku", observed_at=DAY, lon=LASK[0], lat=LASK[1], comma=";"):
    return comma.join(map(str, (category, description, observed_at, lon, lat)))


class Import:
    """The command, run on a file with a given content."""

    def __init__(self, app, folder):
        self.runner, self.folder = app.test_cli_runner(), folder

    def __call__(self, content, *options, name="reports.geojson"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        result = self.runner.invoke(args=["online-reports", "import", str(path), *options])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Told(result)


class Told:
    """What the command said: its exit code, its summary, its words on stderr."""

    def __init__(self, result):
        self.code, self.words, self.said = result.exit_code, result.stderr, result.stdout
        last = (result.stdout.strip().splitlines() or [""])[-1]
        self.summary = json.loads(last) if last.startswith("{") else None


def geometry(lon, lat):
    """A point as the map in the browser sends it."""
    return json.dumps(point(lon, lat))


RIGHT = {"category": "parkowanie", "place": geometry(*LASK), "description": "Auta na chodniku przy szkole"}
"""A right report, as the form sends it."""


def report(text="Auta na chodniku przy szkole", at=LASK, category="parkowanie", place_words=""):
    """A report that a resident sent just now; its receipt is that of `receipt_of("test", body_digest, "k")`."""
    place = replace(Place.point(*at, accuracy_m=30.0), words=place_words)
    found = catalogue.by_code(category)
    digest = rows.digest(category, place, today(), 0, 0, text)
    receipt = receipt_of("test", digest, "k")
    return operations.report(receipt, category=found, place=place, observed_on=today(), description=text)
