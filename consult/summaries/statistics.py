"""The public pages of figures: the country by areas, and a district's period exactly as it was published.

Nothing is counted here. What the newest public edition says is shown, in words, drawings, tables and files; where none
was published, the page says so, since figures that follow the data from day to day would give single people away.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.districts import queries as districts
from consult.districts import teryt
from consult.period import Period, PeriodRefused
from consult.summaries import published, queries, versions, wording
from consult.summaries.comparing import Difference
from consult.summaries.drawing import chart_of_change, chart_of_states, drawing_of, words_of_map
from consult.summaries.figures import Figure, Summary, renamed
from consult.summaries.models import SummaryVersion
from consult.summaries.printing import issue_in
from consult.summaries.published import Publication
from consult.summaries.tables import Table, tables_of
from consult.summaries.views import address, lang_of
from consult.threats.editions import EDITIONS, Sheet, plain_value, written_sheets, written_table
from consult.web import programs
from consult.web.languages import LANGUAGES, language
from consult.web.roles import public

bp = Blueprint("statistics", __name__)

KEPT_S = 300
"""How long anybody may keep a page: what is published changes a few times a year."""

MOST_FILES = 512
WORKBOOK = "statistics"
FIGURES = ("observations", "threats", "confirmed", "meetings", "residents", "answered")
"""The key figures that stand above the page, as on the first page of the printed summary."""


class Area(NamedTuple):
    """A line of the overview: an area, for how many of its districts something is published, and sums of these."""

    name: str
    url: str
    published: int
    districts: int
    sums: dict[str, int]


@bp.get("/statistics")
@public
def index() -> ResponseReturnValue:
    """Show the country by voivodeships, or a voivodeship by districts, for a period."""
    offered = published.periods(_shelf())
    period = period_asked(offered)
    region = request.args.get("voivodeship", "")
    region = region if region in teryt.VOIVODESHIPS else ""
    found = published.of_period(_shelf(), period) if period else {}
    areas = districts_of(region, period, found) if region else voivodeships(period, found)
    return kept(
        render_template(
            "statistics/index.html",
            period=period,
            periods=[(code, wording.period_label(code)) for code in offered],
            region=region,
            region_name=teryt.VOIVODESHIPS.get(region, ""),
            regions=[("", _("The whole country")), *teryt.VOIVODESHIPS.items()],
            areas=areas,
            together=added(areas),
        )
    )


@bp.get("/districts/<string:code>/statistics")
@public
def district(code: str) -> ResponseReturnValue:
    """Show what was published last for a district and period."""
    area = districts.district(code)
    offered = published.periods(_shelf(), code)
    period = period_asked(offered)
    publication = published.newest(_shelf(), code, period) if period else None
    return kept(
        render_template(
            "statistics/district.html",
            area=area,
            region=teryt.voivodeship_of(code),
            period=period,
            period_name=wording.period_label(period) if period else "",
            periods=[(known, wording.period_label(known)) for known in offered],
            publication=publication,
            **(shown(publication) if publication and publication.summary else {}),
        )
    )


@bp.get("/districts/<string:code>/statistics/<any(map, states, change):name>.svg")
@public
def drawing(code: str, name: str) -> ResponseReturnValue:
    """Draw the map or a chart of what was published, by the functions that draw the printed summary."""
    reader = request.args.get("language", "pl")
    with force_locale(reader if reader in LANGUAGES else "pl"):
        summary = in_own_words(asked(code))
        if name == "map":
            drawn = drawing_of(summary, queries.ground(code)).svg
        else:
            drawn = chart_of_states(summary) if name == "states" else chart_of_change(summary)
    return programs.answer(drawn, "image/svg+xml", kept_s=KEPT_S)


@bp.get("/districts/<string:code>/statistics/<string:name>.csv")
@public
def table(code: str, name: str) -> ResponseReturnValue:
    """Give a table of what was published as a CSV file."""
    publication = asked(code)
    if name not in tables_of(figures_of(publication)):
        abort(404)
    return file(publication, name, "csv")


@bp.get("/districts/<string:code>/statistics.xlsx")
@public
def workbook(code: str) -> ResponseReturnValue:
    """Give all tables of what was published as one workbook."""
    return file(asked(code), WORKBOOK, "xlsx")


def period_asked(offered: list[str]) -> str:
    """Read the period of the address, the latest published one when none is named, empty when there is none at all."""
    named = request.args.get("period", "")
    if not named:
        return offered[0] if offered else ""
    try:
        return Period.parse(named).code
    except PeriodRefused:
        abort(404)


def asked(code: str) -> Publication:
    """Give the publication of the address with its figures, or 404."""
    districts.district(code)
    publication = published.newest(_shelf(), code, period_asked(published.periods(_shelf(), code)))
    if publication is None or publication.summary is None:
        abort(404)
    return publication


def figures_of(publication: Publication) -> Summary:
    """Give the figures of a publication that has them."""
    assert publication.summary is not None
    return publication.summary


def in_own_words(publication: Publication) -> Summary:
    """Give the figures with the categories' names in the reader's language."""
    return renamed_for_reader(figures_of(publication))


def renamed_for_reader(summary: Summary) -> Summary:
    """Name the categories of a summary in the reader's language."""
    return renamed(summary, queries.names_of_categories(summary.head.language, language()))


def page_of(summary: Summary, drawings: dict[str, str]) -> dict[str, Any]:
    """Give a page the figures of a summary in words and tables, and the addresses of its drawings."""
    return {
        "summary": summary,
        "tables": tables_of(summary),
        "cards": [card(key, summary) for key in FIGURES],
        "drawings": drawings,
        "map_words": words_of_map(summary),
        "files": {},
        **wording.everything(),
    }


def shown(publication: Publication) -> dict[str, Any]:
    """Give the page its figures, in words, as drawings and as tables, each with its file."""
    summary = in_own_words(publication)
    period = summary.head.period
    here: dict[str, Any] = {"code": summary.head.code, "period": period}
    drawings = {
        name: url_for("statistics.drawing", name=name, language=language(), edition=publication.digest[:12], **here)
        for name in ("map", "states", "change")
    }
    words = page_of(summary, drawings)
    return {
        **words,
        "files": {
            name: (url_for("statistics.table", name=name, **here), size(publication, name)) for name in words["tables"]
        },
        "versions": released_versions(summary.head.code, period),
        "archival": archival_copies(publication),
        "workbook": (url_for("statistics.workbook", **here), size(publication, WORKBOOK)),
        "documents": [(address(book.slot), LANGUAGES[book.slot.language], book.size) for book in publication.books],
        "data": (data_address(publication), publication.data.stat().st_size),
    }


def released_versions(code: str, period: str) -> list[dict[str, Any]]:
    """List the versions of a summary that everybody may read, the latest first, each with its document."""
    found = versions.released(code, period)
    return [
        {
            "number": one.number,
            "language": LANGUAGES[one.language],
            "released_at": one.released_at,
            "released_by": one.released_by,
            "because": one.because,
            "lang": one.language,
            "differences": differences_told(one),
            "digest": one.digest,
            "url": url_for("summaries.pdf", period=period, code=code, lang=lang_of(one.language), version=one.number),
        }
        for one in found
    ]


def differences_told(version: SummaryVersion) -> tuple[Difference, ...]:
    """Give what a released version says that it changed; a first one says nothing, nor does one whose file is gone."""
    if version.number == 1:
        return ()
    slot = versions.slot_of(version)
    last = versions.last_released(slot)
    earlier = None if last is None or last.number == version.number else version.number
    path = slot.find(_shelf(), "json", number=earlier)
    issue = issue_in(json.loads(path.read_bytes())) if path else None
    return issue.differences if issue else ()


def archival_copies(publication: Publication) -> list[tuple[str, str, int]]:
    """List the archival copies of what everybody reads: address, language and size."""
    copies = [(book.slot, book.slot.find(_shelf(), archival=True)) for book in publication.books]
    return [
        (address(slot, form="archival"), LANGUAGES[slot.language], path.stat().st_size) for slot, path in copies if path
    ]


def card(key: str, summary: Summary) -> dict[str, str]:
    """Write a key figure with what it is a part of and how it changed."""
    figure = summary.key_figures[key]
    change = wording.change(figure, summary.head)
    return {
        "label": str(wording.FIGURE_LABELS[key]),
        "value": wording.number(figure.value),
        "note": part(key, figure) + change,
    }


def part(key: str, figure: Figure) -> str:
    """Say of how many a figure is a part; how many meetings have their residents counted is said elsewhere."""
    if figure.of is None or key == "residents":
        return ""
    return _("of %(number)s; ", number=wording.number(figure.of))


def data_address(publication: Publication) -> str:
    """Give the address of the data file."""
    slot = publication.book.slot
    return url_for("summaries.data", period=slot.period, code=slot.code, lang=lang_of(slot.language))


# Files


def file(publication: Publication, name: str, kind: str) -> Response:
    """Send a table or the workbook, headed in the reader's language."""
    made = make_response(content(publication, language(), name))
    made.mimetype = EDITIONS[kind].mimetype
    slot = publication.book.slot
    saved_as = f"{slot.code}-{slot.period}-{name}.{kind}"
    made.headers["Content-Disposition"] = f'attachment; filename="{saved_as}"'
    return kept(made)


def size(publication: Publication, name: str) -> int:
    """Tell how many bytes a file has."""
    return len(content(publication, language(), name))


@lru_cache(maxsize=MOST_FILES)
def content(publication: Publication, reader: str, name: str) -> bytes:
    """Write a file of an edition in a language once: under one digest the figures are the same."""
    summary = publication.summary
    assert summary is not None
    with force_locale(reader):
        named = renamed(summary, queries.names_of_categories(summary.head.language, reader))
        tables = tables_of(named)
        with written_workbook(tables.values()) if name == WORKBOOK else written_csv(tables[name]) as written:
            return written.read()


def written_csv(one: Table) -> Any:
    """Write a table as CSV, its columns named by their codes."""
    return written_table([column.code for column in one.columns], plain(one))


def written_workbook(tables: Iterable[Table]) -> Any:
    """Write tables as the sheets of a workbook, headed in words."""
    return written_sheets(Sheet(one.title, [column.heading for column in one.columns], plain(one)) for one in tables)


def plain(one: Table) -> Iterable[list[Any]]:
    """Give the rows of a table as files hold them."""
    return ([plain_value(cell) for cell in row] for row in one.rows)


# The overview


def voivodeships(period: str, found: dict[str, Publication]) -> list[Area]:
    """List the voivodeships with sums of what was published for their districts."""
    codes = [region.code for region in districts.districts()]
    present = sorted({teryt.voivodeship_of(code) for code in codes}, key=lambda code: teryt.VOIVODESHIPS[code])
    return [
        area(
            teryt.VOIVODESHIPS[region],
            url_for("statistics.index", voivodeship=region, period=period or None),
            [code for code in codes if teryt.voivodeship_of(code) == region],
            found,
        )
        for region in present
    ]


def districts_of(region: str, period: str, found: dict[str, Publication]) -> list[Area]:
    """List the districts of a voivodeship with what was published for them."""
    own = [one for one in districts.districts() if teryt.voivodeship_of(one.code) == region]
    return [
        area(one.label, url_for("statistics.district", code=one.code, period=period or None), [one.code], found)
        for one in own
    ]


def added(areas: list[Area]) -> Area:
    """Add up the lines of the overview."""
    sums = {key: sum(one.sums[key] for one in areas) for key in published.SUMMED}
    return Area("", "", sum(one.published for one in areas), sum(one.districts for one in areas), sums)


def area(name: str, url: str, codes: list[str], found: dict[str, Publication]) -> Area:
    """Write a line of the overview."""
    own = [found[code] for code in codes if code in found and found[code].summary is not None]
    return Area(name, url, len(own), len(codes), published.totals(own))


def kept(made: Any) -> Response:
    """Let anybody keep an answer for a while and ask for it again by its ETag; it is in the reader's language."""
    answer = make_response(made)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    answer.vary.add("Cookie")
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _shelf() -> Path:
    folder: Path = current_app.config["REPORTS_OUT"]
    return folder
