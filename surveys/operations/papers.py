"""Papers of a survey: letters with codes, a poster, the questionnaire itself to fill in by hand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.clock import today
from consult.documents import qr
from consult.documents.rendering import Document, DocumentRefused, Limits, Renderer
from consult.period import day_of
from consult.web.addresses import public_url
from surveys import codes, paper
from surveys.models import Access, Survey, SurveyVersion
from surveys.paper import Box
from surveys.queries import invitations
from surveys.queries import surveys as queries
from surveys.queries.surveys import Listed
from surveys.questions import Definition, text_in
from surveys.skips import SkipTeller

HERE = Path(__file__).parent
LETTERS_A_DOCUMENT = 100
LETTER_LIMITS = Limits(cpu_s=120, wall_s=300, documents=10)
"""A hundred letters take about seven seconds; a slow machine may take its time."""

PAPER_LIMITS = Limits(cpu_s=60, wall_s=100, documents=1)
"""Forty questions take three seconds of a processor."""

SLIPS_A_SHEET = 8
LONGEST_INTRO = 700
GROUPS_A_LINE = 4
THIRD_OF_A_LINE, HALF_A_LINE = 26, 44
"""Characters of a choice that fit a column of three or of two."""

MANY_BOXES = 10


@dataclass(frozen=True)
class Letter:
    """An invitation on paper: a code, and to whom it goes, if that is known."""

    code: str
    lines: tuple[str, ...] = ()
    language: str = "pl"
    area_code: str = ""


def print_letters(
    survey: Survey, letters: Sequence[Letter], renderer: Renderer, *, contact: str = ""
) -> Iterator[tuple[int, bytes]]:
    """Print letters in their order, LETTERS_A_DOCUMENT in one, each document with how many it holds.

    Raises DocumentRefused.
    """
    starts = range(0, len(letters), LETTERS_A_DOCUMENT)
    batches = [letters[start : start + LETTERS_A_DOCUMENT] for start in starts]
    documents = (_letters(survey, batch, contact) for batch in batches)
    for batch, printed in zip(batches, renderer.print_each(documents), strict=True):
        if isinstance(printed, DocumentRefused):
            raise printed
        yield len(batch), printed


def print_at_once(survey: Survey, letters: Sequence[Letter], renderer: Renderer, *, contact: str = "") -> bytes:
    """Print a few letters as one document, or raise DocumentRefused."""
    return renderer.print(_letters(survey, letters, contact))


def _letters(survey: Survey, letters: Sequence[Letter], contact: str) -> Document:
    """Write letters, each in its own language."""
    named = invitations.names([letter.area_code for letter in letters])
    listed = queries.listed(survey)
    pictures = {f"{number}.png": qr.picture(answer_url(survey, one.code)) for number, one in enumerate(letters)}
    facts = {
        "letters": [_letter(letter, listed, named.get(letter.area_code, "")) for letter in letters],
        "speaking": speaking,
        "written_on": today(),
        "closes_on": last_day(survey),
        "contact": contact or survey.unit.name,
        "minutes": listed.minutes,
    }
    return _document("letters", survey, letters[0].language, pictures, facts)


def _letter(letter: Letter, listed: Listed, area: str) -> dict[str, Any]:
    groups = codes.shown(letter.code).split("-")
    return {
        "language": letter.language,
        "title": listed.title(letter.language),
        "intro": _shortened(text_in(listed.definition.intro, letter.language)),
        "address": "\n".join(letter.lines),
        "area": area,
        "code": " ".join(groups[:GROUPS_A_LINE]) + "\n" + " ".join(groups[GROUPS_A_LINE:]),
    }


def speaking(language: str, caller: Callable[[], str]) -> str:
    """Let what a template calls with it be in another language than the rest."""
    with force_locale(language):
        return caller()


def answer_url(survey: Survey, code: str = "") -> str:
    """Write the address of the questionnaire; a code stands behind #, which no server and no log ever sees."""
    url = public_url("surveys.answer", slug=survey.slug)
    return f"{url}#{code}" if code else url


def typed_address(survey: Survey) -> str:
    """Write the address as people type it."""
    return answer_url(survey).partition("://")[2]


def last_day(survey: Survey) -> date | None:
    """Tell the last day on which the survey can be answered, if it has an end."""
    return day_of(survey.closes_at - timedelta(seconds=1)) if survey.closes_at else None


def print_poster(survey: Survey, language: str) -> bytes:
    """Print a poster that leads to an open survey, or raise DocumentRefused."""
    with force_locale(language):
        drawn = qr.code(answer_url(survey), _("QR code that leads to the survey"), size_mm=110)
    document = _document("poster", survey, language, {"qr.svg": drawn.encode()}, {"closes_on": last_day(survey)})
    with Renderer() as renderer:
        return renderer.print(document)


def print_slips(survey: Survey, language: str) -> bytes:
    """Print a sheet of small slips to cut and hand out, which lead to an open survey, or raise DocumentRefused."""
    with force_locale(language):
        drawn = qr.code(answer_url(survey), _("QR code that leads to the survey"), size_mm=34)
    facts = {"closes_on": last_day(survey), "slips": range(SLIPS_A_SHEET), "minutes": queries.listed(survey).minutes}
    with Renderer() as renderer:
        return renderer.print(_document("slips", survey, language, {"qr.svg": drawn.encode()}, facts))


def print_paper(survey: Survey, version: SurveyVersion, language: str) -> bytes:
    """Print a version of the questionnaire to fill in by hand, or raise DocumentRefused."""
    definition = queries.definition_of(version)
    is_open = survey.access is Access.OPEN
    with force_locale(language):
        drawn = qr.code(answer_url(survey), _("QR code that leads to the survey")) if is_open else ""
    facts = {
        **questions_on_paper(definition, language),
        "version": version,
        "has_qr": is_open,
        "intro": _shortened(text_in(definition.intro, language)),
        "thanks": text_in(definition.thanks, language),
        "title": text_in(definition.title, language),
    }
    with Renderer(limits=PAPER_LIMITS) as renderer:
        return renderer.print(_document("paper", survey, language, {"qr.svg": drawn.encode()}, facts))


def questions_on_paper(definition: Definition, language: str) -> dict[str, Any]:
    """Give what `surveys/paper_macros.html` needs to print the questions, also as a part of another paper."""
    teller = SkipTeller(definition, paper.numbers(definition), language)
    return {
        "sections": paper.sections(definition),
        "only": teller.only,
        "columns": partial(columns, language=language),
        "text_in": partial(text_in, language=language),
    }


def paper_style() -> bytes:
    """Give the style in which questions are printed."""
    return (HERE / "paper.css").read_bytes()


def columns(boxes: Sequence[Box], *, language: str) -> int:
    """Tell in how many columns choices stand: two or three where the longest is short, two where there are many."""
    longest = max((len(text_in(box.labels, language)) for box in boxes), default=0)
    if longest <= THIRD_OF_A_LINE:
        return 3
    return 2 if longest <= HALF_A_LINE or len(boxes) >= MANY_BOXES else 1


def _document(
    name: str, survey: Survey, language: str, assets: Mapping[str, bytes], facts: Mapping[str, Any]
) -> Document:
    """Write templates/surveys/NAME.html in a language, with its style."""
    listed = queries.listed(survey)
    everywhere = {
        "language": language,
        "title": listed.title(language),
        "sender": survey.unit.name,
        "address": typed_address(survey),
    }
    with force_locale(language):
        # Not render_template: what pages are given (menus, who is signed in) has no place in a document.
        html = current_app.jinja_env.get_template(TEMPLATES[name]).render({**everywhere, **facts})
    style = {f"{name}.css": (HERE / f"{name}.css").read_bytes()}
    return Document(html, {**style, **assets}, language, listed.title(language))


TEMPLATES = {
    "letters": "surveys/letters.html",
    "poster": "surveys/poster.html",
    "slips": "surveys/slips.html",
    "paper": "surveys/paper.html",
}


def _shortened(text: str) -> str:
    """Cut a long text after a sentence."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_INTRO:
        return text
    return text[: max(text.rfind(". ", 0, LONGEST_INTRO) + 1, 0)] or text[:LONGEST_INTRO] + "…"
