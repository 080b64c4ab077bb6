"""Made-up official figures for tests, in the shapes of real files. No number here was ever recorded anywhere."""

import io

from openpyxl import Workbook

from consult.db import db
from consult.districts.official import FigureKind
from consult.police_records import operations
from consult.police_records.operations import Origin

CRIMINAL = "o charakterze kryminalnym"
ROAD = "przeciwko bezpieczeństwu powszechnemu i bezpieczeństwu w komunikacji - drogowe"
PROPERTY = "przeciwko mieniu"
RATE = "przestępstwa stwierdzone przez Policję o charakterze kryminalnym na 1000 mieszkańców"
YEARS = (2021, 2022, 2023, 2024)

OFFENCES = {
    ("0000000", "POLSKA"): {CRIMINAL: (9000, 9100, 9200, 9300), RATE: (10.0, 10.1, 10.2, 10.3)},
    ("1000000", "ŁÓDZKIE"): {CRIMINAL: (900, 910, 920, 930), RATE: (9.0, 9.1, 9.2, 9.3)},
    ("1003000", "Powiat łaski"): {CRIMINAL: (400, 410, "-", 424), RATE: (8.0, 8.2, None, 8.48)},
    ("1019000", "Powiat zduńskowolski"): {CRIMINAL: (500, 0, 520, 530), RATE: (9.0, 0, 9.2, 9.4)},
}
PEOPLE = {
    ("1003000", "Powiat łaski"): (51_000, 50_000, 50_000, 50_000),
    ("1019000", "Powiat zduńskowolski"): (66_000, 65_000, 64_000, 63_000),
}
POPULATION = {
    area: {
        (age, sex): tuple(round(one * share * (0.48 if sex == "mężczyźni" else 0.52)) for one in totals)
        for age, share in (("ogółem", 1.0), ("15-19", 0.05))
        for sex in ("mężczyźni", "kobiety")
    }
    for area, totals in PEOPLE.items()
}
LAND = {
    ("1003000", "Powiat łaski"): {"ogółem w km2": (600, 600, 600, 618)},
    ("1019000", "Powiat zduńskowolski"): {"ogółem w km2": (369, 369, 369, 369)},
}


def workbook(rows, unit="-", updated="15.05.2025", years=YEARS, names=("Kod", "Nazwa"), table="TABLICA"):
    """A workbook as the Local Data Bank exports it: merged headings above years above units."""
    book = Workbook()
    notes = book.active
    notes.title = "OPIS"
    notes.append(["Podgrupa:", "Wymyślone liczby do testów"])
    notes.append(["Data ostatniej aktualizacji:", updated])
    sheet = book.create_sheet(table)
    headings = list(dict.fromkeys(heading for columns in rows.values() for heading in columns))
    is_double = isinstance(headings[0], tuple)
    depth = 2 if is_double else 1
    wide = len(years)
    sheet.append([*names, *(_top(one) for heading in headings for one in [heading, *[None] * (wide - 1)])])
    if is_double:
        sheet.append([None, None, *(one for heading in headings for one in [heading[1], *[None] * (wide - 1)])])
    sheet.append([None, None, *(str(year) for _heading in headings for year in years)])
    sheet.append([None, None, *[f"[{unit}]"] * (len(headings) * wide)])
    for (code, name), columns in rows.items():
        sheet.append([code, name, *(value for heading in headings for value in columns[heading])])
    for place in range(len(headings)):
        for row in range(1, depth + 1):
            first = 3 + place * wide
            sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=first + wide - 1)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _top(heading):
    return heading[0] if isinstance(heading, tuple) else heading


def offences(rows=OFFENCES, **more):
    return workbook(rows, **more)


def population(rows=POPULATION, **more):
    return workbook(rows, unit="osoba", **more)


def land(rows=LAND, **more):
    return workbook(rows, unit="km2", **more)


def taken(content, kind, **facts):
    """Take a file as the command does."""
    content = content.encode() if isinstance(content, str) else content
    read = operations.begun(content, kind)
    made = operations.enter(read, read.figures(), Origin(facts.pop("name", "test.xlsx"), **facts))
    db.session.commit()
    return made


def everything():
    """Take all three kinds of made-up sheets."""
    taken(offences(), FigureKind.OFFENCES)
    taken(population(), FigureKind.POPULATION)
    taken(land(), FigureKind.AREA)
