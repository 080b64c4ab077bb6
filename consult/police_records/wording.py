"""Police records in words: measures, breaks, faults, gaps, and the notes of method under every table."""

from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.districts.models import FigureRevision
from consult.districts.official import ALL_AGES, EMPTY, FigureKind, Sex
from consult.period import Period
from consult.police_records.beside import Doubt, Gap
from consult.police_records.concordance import Closeness, Match, Reason
from consult.police_records.faults import Fault, FaultKind
from consult.police_records.measures import Offence
from consult.police_records.rating import Break
from consult.police_records.tables import COLUMNS
from consult.rates import Rank, Rate
from consult.web.languages import language, number

KINDS = {
    FigureKind.OFFENCES: _l("recorded offences"),
    FigureKind.POPULATION: _l("population"),
    FigureKind.AREA: _l("area of land"),
}
MEASURES = {
    Offence.TOTAL: _l("All offences"),
    Offence.CRIMINAL: _l("Criminal offences"),
    Offence.ECONOMIC: _l("Economic offences"),
    Offence.ROAD: _l("Traffic offences"),
    Offence.LIFE_AND_HEALTH: _l("Against life and health"),
    Offence.PROPERTY: _l("Against property"),
    Offence.LIBERTY: _l("Against liberty, conscience, sexual liberty and decency"),
    Offence.FAMILY: _l("Against the family"),
    Offence.PUBLIC_SAFETY: _l("Against public safety and safety in traffic, traffic offences among them"),
}
BREAKS = {
    Break.PROSECUTORS: _l("since 2013 without cases that prosecutors lead themselves"),
    Break.MINORS: _l("since 2014 without acts of minors"),
    Break.CENSUS: _l(
        "since 2020 people are counted from the census of 2021: the rate is not comparable with earlier ones"
    ),
    Break.BORDERS: _l("the land of the district changed: its borders moved, or waters were added"),
}
GAPS = {
    Gap.FELT_ONLY: _l("only residents speak of it more than elsewhere"),
    Gap.RECORDED_ONLY: _l("only the records show more than elsewhere"),
    Gap.BOTH: _l("both are higher than elsewhere"),
    Gap.NEITHER: _l("neither is higher than elsewhere"),
    Gap.UNKNOWN: _l("we cannot tell"),
}
DOUBTS = {
    Doubt.NO_RECORDS: _l("nothing is recorded here for this year"),
    Doubt.NO_PEOPLE: _l("the population at the beginning or end of the year is not known"),
    Doubt.FEW_VOICES: _l("fewer than ten people spoke of anything here that year"),
    Doubt.STANDS_OUT: _l("this year stands out from the others of this area, perhaps by one case of many acts"),
    Doubt.FEW_AREAS: _l("fewer than five areas can be compared"),
    Doubt.HIDDEN: _l("too few people spoke of it to show their number"),
}
REASONS = {
    Reason.NO_OFFENCE: _l("it is a danger or a need, not an offence"),
    Reason.PETTY: _l("it is mostly a petty offence (wykroczenie), and the official tables count only crimes"),
    Reason.NOT_TOLD_APART: _l("it may be a crime, but the official tables do not count it apart"),
    Reason.MINORS: _l("acts of minors have not been in the official tables since 2014"),
    Reason.NOT_HERE: _l("the records that could stand beside it are not here for these areas"),
    Reason.UNKNOWN: _l("nobody has said yet which records belong to it"),
}
CLOSENESS = {
    Closeness.SAME: _l("The police count this category itself."),
    Closeness.AMONG_OTHERS: _l("The records hold much else besides: compare with care."),
}
FAULTS = {
    FaultKind.TOO_LARGE: _l("The file is too large. Divide it, by years for example."),
    FaultKind.NOT_A_WORKBOOK: _l("This is no Excel workbook, or it is damaged. Download it once more."),
    FaultKind.OLD_WORKBOOK: _l("This is an old Excel file (.xls). Save it as .xlsx or CSV."),
    FaultKind.MACROS: _l("The workbook has macros. Save it without them, as .xlsx."),
    FaultKind.NO_TABLE: _l("The workbook has no sheet TABLICA. Export the table from the Local Data Bank as .xlsx."),
    FaultKind.NO_HEADER: _l("The sheet TABLICA has to begin with the columns “Kod” and “Nazwa”."),
    FaultKind.NO_YEARS: _l("This column has no year in its heading."),
    FaultKind.OTHER_KIND: _l("The file holds something else than was chosen. Choose the kind that it has."),
    FaultKind.NOT_UTF8: _l("The letters cannot be read. Save the file as CSV UTF-8."),
    FaultKind.UNCLOSED: _l("A quotation mark in this row is not closed."),
    FaultKind.NO_ROWS: _l("The file has no figures."),
    FaultKind.NO_COLUMN: _l("This column is missing."),
    FaultKind.COLUMN_TWICE: _l("This column stands there twice. Leave one of them."),
    FaultKind.TOO_MANY_CELLS: _l("This row has more cells than there are headings."),
    FaultKind.NOT_AN_AREA: _l("This is no TERYT code of the country, a voivodeship, a district or a commune."),
    FaultKind.NOT_A_PERIOD: _l("Write the period as 2024, 2024-H1, 2024-Q3 or 2024-07."),
    FaultKind.NOT_A_YEAR: _l("These figures are for whole years: write 2024."),
    FaultKind.NOT_YET: _l("This period has not begun yet."),
    FaultKind.NOT_A_MEASURE: _l("Write what is counted, in at most 300 characters."),
    FaultKind.NOT_A_SEX: _l("Write men, women or all."),
    FaultKind.NOT_AN_AGE: _l("Write the ages as 15-19, 70+ or all."),
    FaultKind.NOT_A_COUNT: _l("A count is a whole number, zero or more. Leave the cell empty when it is not known."),
    FaultKind.NOT_A_NUMBER: _l("This is no number. Leave the cell empty when it is not known."),
    FaultKind.TOO_LONG: _l("The name of the place is too long: at most 160 characters."),
    FaultKind.PERSONAL: _l(
        "This looks like data of a person. Police records here are counts, never persons: take it out."
    ),
    FaultKind.TWICE: _l("This figure stands there twice."),
}
SEXES = {Sex.ALL: _l("everybody"), Sex.MEN: _l("men"), Sex.WOMEN: _l("women")}
POLISH_COLUMNS = {name: others[0] for name, others in COLUMNS.items() if others}


def measure_name(code: str, name: str) -> str:
    """Name a measure in the reader's language; one of a table of the police has the name that it has there."""
    return str(MEASURES[Offence(code)]) if code in set(Offence) else name


def period_name(period: str) -> str:
    """Name a period in words."""
    return Period.parse(period).label(language()).replace(" ", "\u00a0")


def figure(value: float | None, flag: str) -> str:
    """Write a number, or the sign that stands in its place; an empty cell says so."""
    if value is None:
        return str(_("no figure")) if flag in {EMPTY, ""} else flag
    return number(round(value) if float(value).is_integer() else value)


def rate_in_words(found: Rate | None) -> str:
    """Write a rate: "8.94"."""
    return "–" if found is None else str(format_decimal(found.value, "#,##0.00"))


def interval(found: Rate | None) -> str:
    """Write from where to where a rate may be: "8.1–9.8"."""
    if found is None:
        return "–"
    return "–".join(str(format_decimal(value, "#,##0.00")) for value in (found.low, found.high))


def published_rate(value: float | None) -> str:
    """Write a rate as it was published."""
    return "–" if value is None else str(format_decimal(value, "#,##0.00"))


def rank_in_words(rank: Rank | None, among: int) -> str:
    """Write the place of an area and those that it may have as well: "3 of 24 (2 to 6)"."""
    if rank is None:
        return "–"
    return str(
        _(
            "%(place)s of %(among)s (%(first)s to %(last)s)",
            place=rank.place,
            among=among,
            first=rank.first,
            last=rank.last,
        )
    )


def signed(value: int | None) -> str:
    """Write a change with its sign; nothing known is a dash."""
    if value is None:
        return "–"
    return f"+{number(value)}" if value > 0 else f"−{number(-value)}" if value else "0"


def match_in_words(found: Match) -> Any:
    """Say how near records come to a category, or why there are none."""
    if found.closeness is not None:
        return CLOSENESS[found.closeness]
    assert found.reason is not None
    return REASONS[found.reason]


def fault_in_words(fault: Fault) -> str:
    """Say what is wrong and what to do."""
    said = str(FAULTS[fault.kind])
    return f"{said} {_('It is in row %(row)s, too.', row=fault.detail)}" if fault.kind is FaultKind.TWICE else said


def column_name(column: str) -> str:
    """Name a column in both of its languages, since a file may use either; of a workbook by its number."""
    polish = POLISH_COLUMNS.get(column)
    return f"{polish} ({column})" if polish else column


def fault_line(fault: Fault) -> str:
    """Write a fault in one line: where, what stands there, what to do."""
    where = [_("row %(row)s", row=fault.row)] if fault.row else []
    where += [column_name(fault.column)] if fault.column else []
    where += [f"“{fault.value}”"] if fault.value else []
    return ": ".join(filter(None, (", ".join(where), fault_in_words(fault))))


def what_of(revision: FigureRevision) -> str:
    """Say which figure a later file says otherwise."""
    return key_in_words(revision.kind, tuple(revision.what.split("\t")) if revision.what else ())


def key_in_words(kind: FigureKind, rest: tuple[str, ...]) -> str:
    """Say what a figure counts, from the part of its key behind area and period."""
    if kind is FigureKind.AREA:
        return str(KINDS[kind])
    if kind is FigureKind.POPULATION:
        sex, age = rest
        return f"{SEXES[Sex(sex)]}, {_('all ages') if age == ALL_AGES else age}"
    measure, place = rest
    return ", ".join(filter(None, (_measure_of(measure), place)))


def _measure_of(code: str) -> str:
    """Name a measure by its code: a count, a rate or a share of it."""
    for suffix, words in (("_per_1000", _("for 1,000 people")), ("_detected", _("share detected"))):
        if code.endswith(suffix):
            return f"{measure_name(code.removesuffix(suffix), code.removesuffix(suffix))}, {words}"
    return measure_name(code, code)


NOTES = (
    _l(
        "An offence counts once its proceedings ended and it was found to be one, so often in a later "
        "year than that of the act."
    ),
    _l(
        "It counts where it was committed, not where those concerned live: people who come to work, shop "
        "or travel are not among the people of the rate."
    ),
    _l("One case may have many acts, and each counts: a single case can multiply the figures of a year."),
    _l(
        "What nobody reports, or the police do not look for, is in no record. More records may mean more "
        "trust in the police."
    ),
    _l(
        "Since 2013 cases that prosecutors lead themselves, since 2014 acts of minors are not counted: do "
        "not compare across these years."
    ),
    _l("Since 2020 people are counted from the census of 2021: do not compare rates across 2020."),
)
"""How records are made: printed under every table of them."""

RATE_NOTES = (
    _l(
        "A rate is the count of a year for 1,000 people; the people are the mean of 31 December before "
        "and 31 December of the year."
    ),
    _l(
        "The interval is what chance alone leaves open (95 times in 100, Poisson). It says nothing of how people "
        "report or the police record."
    ),
)
"""How rates are computed."""

LIMITS = (
    _l("The two are not two measurements of one thing. No number is made of both, and none says which area is safer."),
    _l(
        "Voices come from those who know this map and want to speak; records from what was reported and "
        "proved. Neither is the danger itself."
    ),
    _l("“Elsewhere” means the mean of the areas compared. An area counts as higher only when its whole interval is."),
    _l(
        "Places in brackets are those that an area may have as well by chance, drawn two thousand times, "
        "always with the same result."
    ),
    _l("An area in which fewer than ten people spoke of anything is not compared: silence is no answer."),
    _l(
        "A year that stands out from the others of the area is not compared. In the district of Nidzica "
        "403 to 742 criminal offences a year were recorded up to 2023, then 3,376 in 2024."
    ),
)
"""What a comparison of voices and records cannot tell."""
