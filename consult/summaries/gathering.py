"""Reading what stands beside a district's own figures in its summary (`summaries.beside`)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from flask_babel import force_locale
from sqlalchemy import String, and_, cast, distinct, func, select
from sqlalchemy.exc import NoResultFound

from consult.catalogue.models import Category, Precision
from consult.db import db
from consult.disclosure import in_fives
from consult.districts import inhabitants, teryt
from consult.districts.lying import in_words
from consult.hot_spots import queries as hot_spots
from consult.hot_spots.material import Asked, Cut
from consult.hot_spots.queries import TooManySquares
from consult.hot_spots.stability import Standing
from consult.observations.models import Observation
from consult.period import Period, day_of
from consult.police_records import queries as police_records
from consult.police_records.rating import RecordRow
from consult.rates import Rate, rate
from consult.summaries.beside import (
    Application,
    Beside,
    ChangeRow,
    HotRow,
    OfficeRow,
    Rated,
    Recorded,
    RecordedRow,
    Spoken,
    SurveyAnswer,
    SurveyRow,
)
from consult.threats.awaiting import PartnerOutcome
from consult.threats.models import HandOver, Link, Threat
from surveys.models import Change, Feedback, FeedbackState, Survey
from surveys.queries import releases, surveys
from surveys.questions import text_in
from surveys.results import Result, Results

VOICES_PER = 10_000
FEWEST_VOICES, FEWEST_DISTRICTS = 10, 3
MOST_SURVEYS, MOST_ANSWERS, MOST_CHANGES, MOST_HOT = 6, 4, 8, 10
FEWEST_OPINIONS = 10
ELSEWHERE = (PartnerOutcome.PASSED_ON, PartnerOutcome.NOT_THEIRS)


def beside(code: str, period: Period, language: str, today: date, *, is_public: bool) -> Beside:
    """Read everything that stands beside a district's figures; the public edition counts only what it may show."""
    return Beside(
        recorded=recorded(code, period),
        spoken=spoken(code, period, today, is_public=is_public),
        surveys=tuple(survey_rows(code, period, language)),
        offices=tuple(offices(code, period, today, is_public=is_public)),
        application=application(period),
        hot=() if is_public else tuple(hot(code, period, today, language)),
        is_looked_at=not is_public,
    )


# Police records


def recorded(code: str, period: Period) -> Recorded | None:
    """Give what the police recorded, for the period or the last whole year before its end."""
    found = police_records.for_summary(code, period)
    if found is None:
        return None
    rows = tuple(
        _recorded_row(measure.code, measure.name, row, found.changes.get(measure.code))
        for measure, row in found.rows
        if row.own.count is not None or row.own.flag
    )
    return Recorded(found.period, found.is_period_asked, found.source, found.updated_on, rows)


def _recorded_row(code: str, name: str, row: RecordRow, change: int | None) -> RecordedRow:
    return RecordedRow(
        code=code,
        name=name,
        count=row.own.count,
        change=change,
        rate=_rated(row.own.rate),
        voivodeship=_rated(row.voivodeship.rate),
        country=_rated(row.country.rate),
        stands_out=row.stands_out,
        breaks=tuple(one.value for one in row.breaks),
    )


def _rated(found: Rate | None) -> Rated | None:
    if found is None:
        return None
    value, low, high = (round(number, 2) for number in (found.value, found.low, found.high))
    return Rated(found.count, value, low, high, found.per)


# The voivodeship


def spoken(code: str, period: Period, today: date, *, is_public: bool) -> Spoken | None:
    """Compare how many different people spoke here and in the other districts of the voivodeship, for 10,000 people.

    Only districts count where at least FEWEST_VOICES people spoke, since elsewhere perhaps nobody knows of the map yet;
    None with fewer than FEWEST_DISTRICTS of them, where the population is not known, and while the period is not over.
    """
    year = inhabitants.latest_year()
    if year is None or period.end > today:
        return None
    year = min(year, period.first.year)
    voices = _voices(teryt.voivodeship_of(code), period, is_public=is_public)
    people = inhabitants.totals([code, *voices], [year])
    others = [one for one, count in voices.items() if count >= FEWEST_VOICES and one != code and (one, year) in people]
    own = _rated(rate(voices.get(code, 0), people.get((code, year)), VOICES_PER))
    around = _rated(rate(sum(voices[one] for one in others), sum(people[one, year] for one in others), VOICES_PER))
    if own is None or around is None or len(others) < FEWEST_DISTRICTS:
        return None
    return Spoken(year, own, around, len(others))


def _voices(voivodeship: str, period: Period, *, is_public: bool) -> dict[str, int]:
    """Count the different people who spoke of threats in each district of a voivodeship, as the key figures do."""
    since, until = period.moments
    who = func.coalesce(Observation.voice_key, cast(Observation.id, String))
    chosen = select(Threat.district_code, func.count(distinct(who))).select_from(Link)
    chosen = chosen.join(Observation, Link.observation_id == Observation.id).join(Threat, Threat.id == Link.threat_id)
    chosen = chosen.where(
        Link.ended_at.is_(None),
        Observation.withdrawn_at.is_(None),
        Observation.observed_from < until,
        Observation.observed_to >= since,
        Threat.district_code >= voivodeship,
        Threat.district_code < f"{voivodeship}:",
    )
    if is_public:
        chosen = chosen.where(Threat.category_code.in_(_exact()))
    return {row[0]: row[1] for row in db.session.execute(chosen.group_by(Threat.district_code))}


def _exact() -> list[str]:
    return list(db.session.scalars(select(Category.code).where(Category.precision == Precision.EXACT)))


# Surveys


def survey_rows(code: str, period: Period, language: str) -> Iterator[SurveyRow]:
    """List the released surveys about the district that ended in the period, the latest first."""
    begin, end = period.moments
    ended = func.coalesce(Survey.closed_at, Survey.closes_at)
    chosen = select(Survey).where(ended >= begin, ended < end).order_by(ended.desc(), Survey.id.desc())
    shown = [one for one in db.session.scalars(chosen).unique() if _concerns(one, code)]
    told = 0
    for one in shown:
        results, release = releases.released(one), releases.last(one)
        if results is None or release is None or told == MOST_SURVEYS:
            continue
        told += 1
        closed_at = one.closed_at or one.closes_at
        assert closed_at is not None, "only ended ones are read"
        yield SurveyRow(
            title=surveys.listed(one).title(language),
            closed_on=day_of(closed_at),
            released_on=day_of(release.created_at),
            people=results.everybody.people if results.everybody else None,
            sample=one.sample.value if one.sample else "",
            answers=tuple(_headlines(results, language)),
        )


def _concerns(survey: Survey, code: str) -> bool:
    """Tell whether a survey is about a district: about it, a part of it, or something that it is a part of."""
    return any(code.startswith(area[:4]) or area.startswith(code) for area in survey.area_codes)


def _headlines(results: Results, language: str) -> Iterator[SurveyAnswer]:
    """Give the upper end of scales first, then the most frequent answer of other questions."""
    scales = [one for one in results.questions if one.figures and one.scale.top]
    others = [one for one in results.questions if one.figures and not one.scale.top and one.lines]
    for one in (scales + others)[:MOST_ANSWERS]:
        yield _headline(one, language)


def _headline(one: Result, language: str) -> SurveyAnswer:
    question = " ".join(text_in(one.question.labels, language).split())
    if one.scale.top:
        share = one.scale.top.share
        answers = tuple(text_in(choice.labels, language) for choice in one.scale.top.choices)
    else:
        first = max(one.lines, key=lambda line: line.count)
        share, answers = first.share, (text_in(first.labels, language) or first.name,)
    if share is None:
        return SurveyAnswer(question, answers, None)
    return SurveyAnswer(question, answers, round(share.per_cent), share.bound)


# Offices


def offices(code: str, period: Period, today: date, *, is_public: bool) -> Iterator[OfficeRow]:
    """Count what was handed over in the period by office and by what it answered last, the busiest first."""
    begin, end = period.moments
    chosen = select(HandOver).join(Threat, Threat.id == HandOver.threat_id)
    chosen = chosen.where(Threat.district_code == code, HandOver.handed_over_at >= begin, HandOver.handed_over_at < end)
    if is_public:
        chosen = chosen.where(Threat.category_code.in_(_exact()))
    by_name: dict[str, list[HandOver]] = defaultdict(list)
    for one in db.session.scalars(chosen.order_by(HandOver.id)):
        by_name[one.addressee].append(one)
    for name, handed in sorted(by_name.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        yield _office(name, handed, min(today, period.end))


def _office(name: str, handed: Sequence[HandOver], on: date) -> OfficeRow:
    said = [one.last_answer.outcome if one.last_answer else None for one in handed]
    return OfficeRow(
        name=name,
        handed=len(handed),
        done=said.count(PartnerOutcome.DONE),
        promised=said.count(PartnerOutcome.WILL_BE_DONE),
        refused=said.count(PartnerOutcome.REFUSED),
        elsewhere=sum(said.count(outcome) for outcome in ELSEWHERE),
        waiting=said.count(None),
        overdue=sum(1 for one in handed if one.awaited_on is not None and one.awaited_on < on),
    )


# The application


def application(period: Period) -> Application | None:
    """Tell what was said of the application in the period all over the country, and what was changed; None: nothing."""
    own = and_(Feedback.received_on >= period.first, Feedback.received_on < period.end)
    count = db.session.scalar(select(func.count(Feedback.id)).where(own, Feedback.state != FeedbackState.SPAM)) or 0
    changed = select(Change).where(
        Change.is_published, Change.changed_on >= period.first, Change.changed_on < period.end
    )
    changes = db.session.scalars(changed.order_by(Change.changed_on.desc(), Change.id.desc()).limit(MOST_CHANGES)).all()
    if not count and not changes:
        return None
    told = in_fives(count) if count >= FEWEST_OPINIONS else None
    return Application(told, tuple(ChangeRow(one.title, one.changed_on) for one in changes))


# What stands out


def hot(code: str, period: Period, today: date, language: str) -> Iterator[HotRow]:
    """List the squares of one kilometre where more people spoke than elsewhere in the district; for staff alone."""
    asked = Asked(code, Cut.KILOMETRE, period, today + timedelta(days=1))
    try:
        found = hot_spots.hot_spots(asked)
    except (NoResultFound, TooManySquares):
        return
    sure = [one for one in found.spots if one.standing in {Standing.HOT, Standing.ALONE}][:MOST_HOT]
    lying = hot_spots.lying_of(sure)
    with force_locale(language):
        rows = [HotRow(in_words(lying[one.code]), one.voices, one.standing.value) for one in sure]
    yield from rows
