"""Loading the demonstration: catalogue, boundaries, places, people, a believable year, and its summaries."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from flask import current_app

from consult.accounts import queries as accounts
from consult.catalogue import operations as catalogue
from consult.catalogue import sheet
from consult.catalogue.commands import CATEGORIES
from consult.clock import retelling, today
from consult.demo import conversation, country, feedback, partners, people, surveys
from consult.demo.boundaries import load_boundaries
from consult.demo.content import Story, stories, texts
from consult.demo.place_names import load_places
from consult.demo.telling import Chronicle, District, receipt_for
from consult.demo.year import MONTHS, month_before, reports
from consult.districts import queries as districts
from consult.documents.rendering import Renderer
from consult.online_reports import queries as online_reports
from consult.period import Period, midnight
from consult.receipts import hash_of
from consult.summaries import operations as summaries
from consult.summaries import releasing as publishing
from consult.summaries import shelf, versions
from consult.summaries.figures import Edition
from consult.summaries.operations import Written
from consult.threats import releasing
from surveys import jobs as survey_jobs

A_WHILE = timedelta(days=40)
"""After so long a report has a history to show."""


class NotHere(Exception):
    """A real installation takes no demonstration; the text says by what it was recognised."""


def check_here() -> None:
    """Refuse a place where real people work."""
    if current_app.config["PUBLIC_URL"].startswith("https://"):
        raise NotHere("https")
    if people.has_others():
        raise NotHere("accounts")


def is_loaded() -> bool:
    """Tell whether the demonstration is here already."""
    return accounts.has_demonstration()


def load(day: date | None = None) -> None:
    """Load everything but the summaries, as of a day, by default today; nothing is committed here."""
    day = day or today()
    with retelling(midnight(month_before(day, MONTHS)) - timedelta(days=7)):
        catalogue.load(sheet.read(CATEGORIES.read_bytes()), today())
        load_boundaries()
        _check_boundaries()
        load_places()
        people.enter(stories())
        partners.enter()
    chronicle = Chronicle(midnight(day))
    for story in stories():
        District(story, texts(), day, chronicle).plan()
    surveys.plan(stories(), day, chronicle)
    feedback.plan(day, chronicle)
    conversation.plan(stories(), receipt_followed(day), day, chronicle)
    chronicle.tell()


def check_country() -> None:
    """Refuse to fill a country of which only the demonstration's own districts are known."""
    if not {region.code for region in districts.districts()} - {story.code for story in stories()}:
        raise NotHere("country")


def load_country(observations: int, *, everywhere: bool) -> Iterator[country.Loaded]:
    """Load so many voices more, in all districts or in the demonstration's own; commits part by part."""
    codes = None if everywhere else {story.code for story in stories()}
    yield from country.load(observations, today(), people.coordinator().id, codes)


def _check_boundaries() -> None:
    known = {region.code for region in districts.districts()}
    if {story.code for story in stories()} - known:
        raise NotHere("boundaries")


def end_surveys() -> None:
    """Mix and publish what people said of debates, as the worker does when a questionnaire has ended.

    Otherwise the first night would add a survey to what the summaries say. Each step is a transaction of its own.
    """
    survey_jobs.mix_ended()
    survey_jobs.release_ended()


def write_releases() -> None:
    """Publish the counts of the months of the last full quarter and of those since."""
    first = Period(Period.quarter_of(today()).previous.first, 1)
    for month in list(releasing.unreleased(first, today())):
        releasing.write_month(month)


def write_summaries() -> Iterator[Written]:
    """Write the last full quarter of both districts, for everybody and for staff; the heads release what is public."""
    period = Period.quarter_of(today()).previous
    with Renderer() as renderer:
        for edition in (Edition.PUBLIC, Edition.INTERNAL):
            for story in stories():
                written = summaries.write(story.code, period, edition, renderer=renderer)
                if isinstance(written, Written):
                    yield _released(story, written) if written.is_draft else written


def _released(story: Story, written: Written) -> Written:
    """Let the head of the district's unit look at a draft and release it."""
    draft = next(draft for draft in versions.drafts([story.code]) if draft.stem == written.pdf.stem)
    publishing.release(people.head_of(story), draft, seen=draft.pdf_digest, looked=True)
    files = summaries.files_released(versions.slot_of(draft), draft.stem)
    return Written(story.code, files.pdf, files.data)


def written_summaries() -> list[Path]:
    """List the demonstration's PDFs, those for everybody first."""
    codes = {story.code for story in stories()}
    return [book.path for book in shelf.books(current_app.config["REPORTS_OUT"]) if book.slot.code in codes]


def receipt_to_show() -> str | None:
    """Give the receipt of a report at a recurring spot, some weeks old, as its sender would keep it."""
    receipt = receipt_followed(today())
    return receipt if online_reports.by_natural_key(hash_of(receipt)) else None


def receipt_followed(day: date) -> str:
    """Give that receipt, whether its report has been told already or not."""
    told = reversed(reports(stories()[0], texts(), day))
    return next(
        receipt_for(sent.number)
        for sent in told
        if sent.spot and sent.description and sent.moment < midnight(day) - A_WHILE
    )


def sign_ins() -> Sequence[people.SignIn]:
    """List who may sign in to the demonstration."""
    return people.sign_ins(stories())
