"""Writing pages of a questionnaire: once for each version, page and language, then filled in for each person."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import g, get_template_attribute, render_template, url_for
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin

from consult.web.languages import LANGUAGES
from consult.web.widgets import counting
from surveys import pages
from surveys.complaints import Spoken, message
from surveys.models import Access, Mode
from surveys.pages import PrintedPage
from surveys.questionnaire import Fault, Questionnaire, Step
from surveys.questions import Battery, Choice, Kind, Page, Question

MOST_KEPT = 512


@dataclass(frozen=True)
class Press:
    """What the words of a page depend on beside its questions; pages with an equal press are the same."""

    digest: str
    language: str
    mode: Mode
    access: Access
    slug: str
    is_demonstration: bool


def form_url(slug: str, mode: Mode) -> str:
    """Give the address that the forms of a survey are sent to."""
    return url_for(f"surveys.{'interview' if mode is Mode.INTERVIEW else 'answer'}", slug=slug)


_printed: dict[tuple[Press, str], PrintedPage] = {}


_first: dict[Press, PrintedPage] = {}


def first_page(press: Press, filled: Callable[[], str]) -> PrintedPage:
    """Give the page that everybody begins with, filled in but for what is a person's own.

    Its questions depend on no answer, so it is the same for everyone until the next version.
    """
    known = _first.get(press)
    if known is None:
        known = PrintedPage(filled())
        if len(_first) >= MOST_KEPT:
            _first.pop(next(iter(_first)), None)
        _first[press] = known
    return known


def printed(asking: Questionnaire, page: Page, press: Press) -> PrintedPage:
    """Give a page with its blanks, written the first time that somebody needs it."""
    known = _printed.get((press, page.key))
    if known is None:
        known = PrintedPage(_written(asking, page, press))
        if len(_printed) >= MOST_KEPT:
            _printed.pop(next(iter(_printed)), None)
        _printed[press, page.key] = known
    return known


@contextmanager
def _nobody_signed_in() -> Iterator[None]:
    """Let a page be written as everybody sees it, whoever happens to open it first."""
    reader = g.pop("_login_user", None)
    g._login_user = AnonymousUserMixin()  # noqa: SLF001  # Flask-Login's own place
    try:
        yield
    finally:
        g.pop("_login_user")
        if reader is not None:
            g._login_user = reader  # noqa: SLF001


def _written(asking: Questionnaire, page: Page, press: Press) -> str:
    """Write a page with its header for the public."""
    definition, spoken = asking.definition, Spoken(press.language)
    title = spoken.of(definition.title)
    with _nobody_signed_in():
        return render_template(
            "surveys/answer.html",
            title=title,
            heading=spoken.of(page.labels) or title,
            intro=[line for line in spoken.of(definition.intro).split("\n") if line.strip()],
            is_first=page == asking.first.page,
            languages=languages_of(definition.languages, press.language),
            language_links=[],
            demonstration=press.is_demonstration,
            access=press.access.value,
            is_interview=press.mode is Mode.INTERVIEW,
            questions=page.questions,
            blocks=_blocks(page, definition.batteries),
            is_repeat=page.repeat is not None,
            is_last_of_repeat=page.is_last_of_repeat,
            texts=spoken,
            form_url=form_url(press.slug, press.mode),
            **MARKS,
        )


MARKS = {
    "blank": pages.blank,
    "begins": pages.begins,
    "ends": pages.ends,
    "control": pages.control,
    "points": pages.points,
    "ranks": pages.ranks,
    "counting": counting,
}


def languages_of(codes: Sequence[str], current: str) -> list[tuple[str, str, bool]]:
    """List the languages of a questionnaire with their own names."""
    return [(code, LANGUAGES[code], code == current) for code in codes if code in LANGUAGES]


def _blocks(page: Page, batteries: Mapping[str, Battery]) -> list[tuple[Battery | None, list[Question]]]:
    """Put the questions of one battery together, in the order of the form."""
    return [(batteries.get(name), list(block)) for name, block in groupby(page.questions, lambda one: one.battery)]


def progress(asking: Questionnaire, step: Step, answers: Mapping[str, Any]) -> str:
    """Tell how far somebody is."""
    steps = asking.steps(dict(answers), step)
    if step not in steps:
        return ""
    return str(_("Page %(number)s of %(total)s", number=steps.index(step) + 1, total=len(steps)))


def said_of(faults: Sequence[Fault], spoken: Spoken, shown: Mapping[str, Sequence[Choice]]) -> dict[str, str]:
    """Fill in the errors of a page: beside each question, all of them above, and in the title."""
    if not faults:
        return {}
    messages = {fault.question.name: message(fault, spoken) for fault in reversed(faults)}
    described = {
        fault.question.name: f"{fault.question.name}-hint" if spoken.hint(fault.question) else "" for fault in faults
    }
    entries = [
        (
            _target(fault.question, shown),
            f"{spoken.label(fault.question).rstrip('?:')}: {messages[fault.question.name]}",
        )
        for fault in faults
    ]
    box = get_template_attribute("surveys/macros.html", "error_box")
    blanks = pages.blanks_of_faults(messages, described, _("Error"))
    return blanks | {"summary": str(box(list(dict.fromkeys(entries)))), "failed": str(_("Error: "))}


def _target(question: Question, shown: Mapping[str, Sequence[Choice]]) -> str:
    """Name the element that an error leads to; a question that is not there has none."""
    if question.name not in shown:
        return ""
    if question.choice_filter is not None and question.kind in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}:
        first = next((at for at, one in enumerate(question.choices) if one in shown[question.name]), 0)
        return question.name if first == 0 or pages.control(question) == "select" else f"{question.name}-{first + 1}"
    return f"{question.name}-words" if pages.control(question) == "place" else question.name
