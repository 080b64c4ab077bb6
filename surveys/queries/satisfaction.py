"""Satisfaction with the application: how pages are rated, version by version and page by page.

Every figure passes the one rule of surveys: a version or a page that few people rated shows nothing.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, func, select

from consult.db import db
from consult.disclosure import Audience, Crowd, Figures, Share, survey_figures
from surveys.models import Feedback, FeedbackSource, FeedbackState

VERSION, PAGE = 0, 1
"""Ways of telling those who rated apart."""

SATISFIED = ("4", "5")


@dataclass(frozen=True)
class Rated:
    """A version or a page, since when it is rated, and its figures if they may be shown."""

    name: str
    since: date
    until: date
    figures: Figures | None

    @property
    def satisfied(self) -> Share | None:
        """The share of those for whom it works well or very well."""
        return self.figures.share(self.figures.count(*SATISFIED)) if self.figures else None


@dataclass(frozen=True)
class Satisfaction:
    """Ratings of pages: each version, the latest first, and each page, the most rated first."""

    everybody: Figures | None
    versions: list[Rated]
    pages: list[Rated]


def satisfaction() -> Satisfaction:
    """Count the ratings that people gave on pages; spam counts nowhere."""
    rows = _rows()
    sizes: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        sizes[row.app_version, row.page] += row.n
    crowd = Crowd(sizes)
    by_version = [_rated(rows, crowd, VERSION, name) for name in {row.app_version for row in rows}]
    by_page = [_rated(rows, crowd, PAGE, name) for name in {row.page for row in rows}]
    return Satisfaction(
        survey_figures(Audience.STAFF, _counts(rows), crowd),
        sorted(by_version, key=lambda one: (one.until, one.since, one.name), reverse=True),
        sorted(by_page, key=lambda one: (-crowd.people((PAGE, one.name)), one.name)),
    )


def _rows() -> list[Row[str, str, int, date, date, int]]:
    first, last = func.min(Feedback.received_on), func.max(Feedback.received_on)
    columns = (Feedback.app_version, Feedback.page, Feedback.rating)
    chosen = select(*columns, first.label("first"), last.label("last"), func.count().label("n")).where(
        Feedback.source == FeedbackSource.PAGE, Feedback.rating.is_not(None), Feedback.state != FeedbackState.SPAM
    )
    return list(db.session.execute(chosen.group_by(*columns)))


def _rated(rows: list[Row[str, str, int, date, date, int]], crowd: Crowd, way: int, name: str) -> Rated:
    own = [row for row in rows if row[way] == name]
    figures = survey_figures(Audience.STAFF, _counts(own), crowd, (way, name))
    return Rated(name, min(row.first for row in own), max(row.last for row in own), figures)


def _counts(rows: list[Row[str, str, int, date, date, int]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[str(row.rating)] += row.n
    return counts
