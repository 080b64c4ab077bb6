"""A file of official figures, read figure by figure: what each says, or what is wrong with it, by its row.

Two kinds of files: a sheet of the Local Data Bank, and a long table (CSV) with one figure a row. A sign such as "-" and
an empty cell are kept as what they are, apart from a zero.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from consult.districts.official import ALL_AGES, EMPTY, Figure, FigureKind, Sex, age_of, area_code, sex_of
from consult.period import Period, PeriodRefused
from consult.personal_data import Kind, pieces
from consult.police_records import sheets, tables
from consult.police_records.faults import Fault, FaultKind, FileRefused
from consult.police_records.measures import MOST_NAME, Measure, Unit, measure
from consult.police_records.sheets import Cell
from consult.words import folded
from consult.workbooks import ZIP

MOST_BYTES = 200 * 1024 * 1024
MOST_FAULTS = 2_000
MOST_PLACE = 160
FLAGS = frozenset({"-", ".", ":", "x", "#", "n", "*", "–"})
"""Signs that official tables put where there is no number."""

NEEDED = {
    FigureKind.OFFENCES: ("code", "period", "measure", "count"),
    FigureKind.POPULATION: ("code", "period", "count"),
    FigureKind.AREA: ("code", "period", "km2"),
}
COLUMNS = {
    FigureKind.OFFENCES: (*NEEDED[FigureKind.OFFENCES], "place"),
    FigureKind.POPULATION: ("code", "period", "sex", "age", "count"),
    FigureKind.AREA: NEEDED[FigureKind.AREA],
}
"""The columns of a long table, those that must be there and all that are read."""

_UNITS = {FigureKind.OFFENCES: {"-", "%", ""}, FigureKind.POPULATION: {"osoba", ""}, FigureKind.AREA: {"km2", ""}}
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
_BLANKS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3})")
_PERSONAL = frozenset({Kind.EMAIL, Kind.ACCOUNT, Kind.PESEL, Kind.PHONE, Kind.PLATE})


class Wrong(Exception):
    """A figure is not taken; `fault` says why."""

    def __init__(self, kind: FaultKind, column: str, value: str, detail: str = "") -> None:
        super().__init__(kind.value)
        self.fault = Fault(kind, 0, column, value[:80], detail)


@dataclass
class Reading:
    """A file while its figures go by: how many were read, what is wrong, which measures and areas it names."""

    kind: FigureKind
    today: date
    categories: Mapping[str, str]
    digest: str
    title: str = ""
    updated_on: date | None = None
    cells: Iterator[Cell] = field(default_factory=lambda: iter(()))
    read: int = 0
    faults: list[Fault] = field(default_factory=list)
    measures: dict[str, Measure] = field(default_factory=dict)
    areas: set[str] = field(default_factory=set)
    periods: set[str] = field(default_factory=set)
    _periods: dict[str, str] = field(default_factory=dict)
    _seen: dict[int, int] = field(default_factory=dict)
    _known: dict[str, Measure | None] = field(default_factory=dict)

    def figures(self) -> Iterator[Figure]:
        """Give the figures that are right; what is wrong with the others is noted."""
        for cell in self.cells:
            self.read += 1
            try:
                yield self._figure(cell)
            except Wrong as wrong:
                self._note(replace(wrong.fault, row=cell.row))
        if not self.read:
            raise FileRefused([Fault(FaultKind.NO_ROWS)])

    def _note(self, fault: Fault) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)

    def _figure(self, cell: Cell) -> Figure:
        code = area_code(cell.code)
        if code is None:
            raise Wrong(FaultKind.NOT_AN_AREA, "code", cell.code)
        key = (code, self._period(cell.period), *self._what(cell))
        value, flag = self._value(cell, key)
        self._check_once(key, cell)
        self.areas.add(code)
        self.periods.add(key[1])
        return Figure(cell.row, key, value, flag)

    def _check_once(self, key: tuple[str, ...], cell: Cell) -> None:
        earlier = self._seen.get(hash(key))
        if earlier is not None:
            raise Wrong(FaultKind.TWICE, "", " ".join((*cell.names, cell.period)), str(earlier))
        self._seen[hash(key)] = cell.row

    def _period(self, text: str) -> str:
        """Read a period; a file says few of them very often."""
        if text not in self._periods:
            self._periods[text] = self._read_period(text)
        return self._periods[text]

    def _read_period(self, text: str) -> str:
        try:
            period = Period.parse(text)
        except PeriodRefused as refused:
            raise Wrong(FaultKind.NOT_A_PERIOD, "period", text) from refused
        if self.kind is not FigureKind.OFFENCES and period.months != 12:
            raise Wrong(FaultKind.NOT_A_YEAR, "period", text)
        if period.first > self.today:
            raise Wrong(FaultKind.NOT_YET, "period", text)
        return period.code

    def _what(self, cell: Cell) -> tuple[str, ...]:
        """Tell what is counted: measure and place, or sex and age."""
        if self.kind is FigureKind.AREA:
            return ()
        if self.kind is FigureKind.POPULATION:
            return _people(cell.names)
        name, place = (*cell.names, "")[:2]
        return self._measure(name), _place(place)

    def _measure(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = self._named(name)
        found = self._known[name]
        if found is None:
            if _is_personal(name):  # what looks like a person is not said again, neither on a page nor in a log
                raise Wrong(FaultKind.PERSONAL, "measure", "")
            raise Wrong(FaultKind.NOT_A_MEASURE, "measure", name)
        self.measures.setdefault(found.code, found)
        return found.code

    def _named(self, name: str) -> Measure | None:
        """Find the measure of a name: a category of threats may be one, by its code or any name it has."""
        if len(name) > MOST_NAME or _is_personal(name):
            return None
        category = self.categories.get(" ".join(folded(name).split()))
        return Measure(category, name, Unit.COUNT, category) if category else measure(name)

    def _value(self, cell: Cell, key: tuple[str, ...]) -> tuple[float | None, str]:
        text = _BLANKS.sub("", cell.text.strip().removeprefix("'"))
        if not text or text.lower() in FLAGS:
            return None, text.lower().replace("–", "-") or EMPTY
        if not _NUMBER.fullmatch(text):
            raise Wrong(FaultKind.NOT_A_NUMBER, "count", cell.text)
        value = float(text.replace(",", "."))
        if value < 0 and not (self.kind is FigureKind.POPULATION and key[3] != ALL_AGES):
            raise Wrong(FaultKind.NOT_A_COUNT, "count", cell.text)
        if self._counts(key) and not (value.is_integer() and value < 1e12):
            raise Wrong(FaultKind.NOT_A_COUNT, "count", cell.text)
        return value, ""

    def _counts(self, key: tuple[str, ...]) -> bool:
        """Tell whether a figure is a number of something, so that it has no parts."""
        is_rate = self.kind is FigureKind.OFFENCES and self.measures[key[2]].unit is not Unit.COUNT
        return self.kind is not FigureKind.AREA and not is_rate


def _people(names: tuple[str, ...]) -> tuple[str, str]:
    """Tell sex and age in whatever order they stand: "ogółem" may be either."""
    first, second = (*names, "", "")[:2]
    for sex, age in ((sex_of(second), age_of(first)), (sex_of(first), age_of(second))):
        if sex is not None and age is not None:
            return sex.value, age
    is_age = any(age_of(name) not in {None, ALL_AGES} for name in (first, second))
    raise Wrong(FaultKind.NOT_A_SEX if is_age else FaultKind.NOT_AN_AGE, "age", f"{first} {second}".strip())


def _place(text: str) -> str:
    place = " ".join(text.split())
    if len(place) > MOST_PLACE or not place.isprintable():
        raise Wrong(FaultKind.TOO_LONG, "place", place)
    if _is_personal(place):
        raise Wrong(FaultKind.PERSONAL, "place", "")
    return place


def _is_personal(text: str) -> bool:
    return bool(text) and any(kind in _PERSONAL for _piece, kind in pieces(text))


def begin(content: bytes, kind: FigureKind, today: date, categories: Mapping[str, str]) -> Reading:
    """Begin to read a file, or raise FileRefused; its figures follow one by one.

    `categories` are the codes of threat categories by their folded names.
    """
    if len(content) > MOST_BYTES:
        raise FileRefused([Fault(FaultKind.TOO_LARGE)])
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith((ZIP, sheets.OLD_WORKBOOK)):
        sheet = sheets.read(content)
        _check_kind(sheet, kind)
        return Reading(kind, today, categories, digest, sheet.title, sheet.updated_on, sheet.cells())
    return Reading(kind, today, categories, digest, cells=_cells(content, kind))


def _check_kind(sheet: sheets.Sheet, kind: FigureKind) -> None:
    """Refuse a sheet that is right but holds something else than was said."""
    width = 2 if kind is FigureKind.POPULATION else 1
    others = {heading for heading in sheet.headings if heading.unit not in _UNITS[kind] or len(heading.names) > width}
    if others:
        heading = min(others, key=lambda one: (one.names, one.year))
        raise FileRefused([Fault(FaultKind.OTHER_KIND, value=f"{' '.join(heading.names)} [{heading.unit}]")])


def _cells(content: bytes, kind: FigureKind) -> Iterator[Cell]:
    for number, row in tables.read(content, NEEDED[kind]):
        code, period, number_in_words = (row.get(name, "") for name in ("code", "period", NEEDED[kind][-1]))
        yield Cell(number, code, _names(row, kind), period, "", number_in_words)


def _names(row: Mapping[str, str], kind: FigureKind) -> tuple[str, ...]:
    if kind is FigureKind.OFFENCES:
        return row.get("measure", ""), row.get("place", "")
    if kind is FigureKind.POPULATION:
        return row.get("age", "") or ALL_AGES, row.get("sex", "") or Sex.ALL
    return ()
