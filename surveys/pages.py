"""Pages of a questionnaire as they are kept: written once for each version and language, with blanks to fill in.

Writing a page takes milliseconds, filling it in takes microseconds; everybody gets the same page but for the token, the
answers so far, what is chosen and what is wrong. A blank is marked by characters that no text holds.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from surveys.questionnaire import Sent
from surveys.questions import CHOOSING, NUMBERS, PLACES, Choice, Kind, Page, Question

OPENS, CLOSES = "\ue000", "\ue001"
_MARK = re.compile(f"{OPENS}([^{OPENS}{CLOSES}]*){CLOSES}")
_MOST_CHOSEN = re.compile(r"count-selected\(\s*\.\s*\)\s*(<=|<)\s*(\d+)")

SELECT_FROM = 9
"""From so many choices on a list that opens is shorter than one that is read."""

MOST_RADIOS = 11
"""A range of so many points (0 to 10) is answered by touching one."""


def blank(name: str, usual: str = "") -> Markup:
    """Mark a place that is filled in later, by default with its usual text."""
    return Markup(f"{OPENS}{name}|{usual}{CLOSES}")  # noqa: S704  # our own mark


def begins(name: str) -> Markup:
    """Mark where a piece begins that is left out for some people."""
    return Markup(f"{OPENS}?{name}{CLOSES}")  # noqa: S704  # our own mark


def ends(name: str) -> Markup:
    """Mark where such a piece ends."""
    return Markup(f"{OPENS}/{name}{CLOSES}")  # noqa: S704  # our own mark


class PrintedPage:
    """A page with blanks."""

    def __init__(self, text: str) -> None:
        pieces = _MARK.split(text)
        self._pieces = [_piece(piece, is_mark=bool(number % 2)) for number, piece in enumerate(pieces)]

    def filled(self, blanks: Mapping[str, str], left_out: Iterable[str] = ()) -> str:
        """Write the page for one person; `left_out` names the pieces that this person is not shown."""
        out: list[str] = []
        hidden, inside = set(left_out), ""
        for kind, name, text in self._pieces:
            if inside:
                if kind == "/" and name == inside:
                    inside = ""
            elif kind == "":
                out.append(text)
            elif kind == "|":
                out.append(blanks.get(name, text))
            elif kind == "?" and name in hidden:
                inside = name
        return "".join(out)


def _piece(piece: str, *, is_mark: bool) -> tuple[str, str, str]:
    if not is_mark:
        return ("", "", piece)
    if piece[0] in "?/":
        return (piece[0], piece[1:], "")
    name, _, usual = piece.partition("|")
    return ("|", name, usual)


LINE = 200
"""Characters that are typed into one line; more need room."""

# How a question is answered on a page


def control(question: Question) -> str:
    """Name the way in which a question is answered: the macro of templates/surveys/questions.html that draws it."""
    if question.kind in PLACES:
        return "place"
    if question.kind is Kind.RANGE and points(question):
        return "scale"
    if question.kind in NUMBERS:
        return "number"
    if question.kind is Kind.SELECT_ONE:
        is_long = len(question.choices) >= SELECT_FROM or "minimal" in question.appearance
        return "select" if is_long else "radios"
    if question.kind is Kind.TEXT:
        return "lines" if "multiline" in question.appearance or question.limit > LINE else "line"
    return {Kind.SELECT_MULTIPLE: "checkboxes"}.get(question.kind, question.kind.value)


def points(question: Question) -> tuple[str, ...]:
    """List the points of a short range; of a longer one none, because it is typed."""
    number = round((question.high - question.low) / question.step) + 1
    return tuple(f"{question.low + at * question.step:g}" for at in range(number)) if number <= MOST_RADIOS else ()


def ranks(question: Question) -> int:
    """Tell how many places of a ranking are asked: all, or as many as its rule lets somebody choose."""
    limit = _MOST_CHOSEN.search(question.constraint.source) if question.constraint else None
    most = int(limit[2]) - (limit[1] == "<") if limit else len(question.choices)
    return max(1, min(most, len(question.choices)))


def texts_of(question: Question, value: Any) -> dict[str, list[str]]:
    """Write an answer as the form's fields would hold it."""
    if value is None or question.kind in PLACES:
        return {}
    if question.kind is Kind.RANK:
        return {f"{question.name}-{place}": [name] for place, name in enumerate(value, 1)}
    if question.kind in CHOOSING:
        return {question.name: [value] if isinstance(value, str) else list(value)}
    return {question.name: [f"{value:g}" if isinstance(value, float) else str(value)]}


def sent_again(page: Page, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Write the answers of a page as its form would send them, to show them again."""
    fields: dict[str, list[str]] = {}
    for question in page.questions:
        fields |= texts_of(question, answers.get(question.name))
    return fields


def blanks_of(page: Page, shown: Mapping[str, Sequence[Choice]], sent: Sent) -> dict[str, str]:
    """Fill in what a page's questions were answered with, as texts of its fields."""
    blanks: dict[str, str] = {}
    for question in page.questions:
        if question.name not in shown or not question.is_asked:
            continue
        if question.kind is Kind.RANK:
            for place in range(1, ranks(question) + 1):
                for name in sent.get(f"{question.name}-{place}", ())[:1]:
                    blanks[f"on:{question.name}-{place}:{name}"] = " selected"
        elif question.kind in CHOOSING or (question.kind is Kind.RANGE and points(question)):
            mark = " selected" if control(question) == "select" else " checked"
            for name in sent.get(question.name, ()):
                blanks[f"on:{question.name}:{name}"] = mark
        else:
            for text in sent.get(question.name, ())[:1]:
                blanks[f"value:{question.name}"] = html.escape(_shown_again(text))
    return blanks


def _shown_again(text: str) -> str:
    """Leave out what no page can show; the answer itself was refused for it."""
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs", "Cn", "Co"})


def left_out_of(page: Page, shown: Mapping[str, Sequence[Choice]]) -> set[str]:
    """Name the questions that a page does not ask this time, and the choices that their filters hold back."""
    hidden = {question.name for question in page.questions if question.name not in shown}
    for question in page.questions:
        if question.choice_filter is not None and question.name in shown:
            admitted = {choice.name for choice in shown[question.name]}
            hidden |= {f"{question.name}:{one.name}" for one in question.choices if one.name not in admitted}
    batteries = {question.battery for question in page.questions if question.battery}
    for battery in batteries:
        if all(question.name in hidden for question in page.questions if question.battery == battery):
            hidden.add(f"battery:{battery}")
    return hidden


def blanks_of_faults(messages: Mapping[str, str], described: Mapping[str, str], word: str) -> dict[str, str]:
    """Fill in what is wrong: `messages` by question, `described` the ids that already describe each, `word` "Error"."""
    blanks: dict[str, str] = {}
    for name, message in messages.items():
        said = f'<span class="govuk-visually-hidden">{html.escape(word)}:</span> {html.escape(message)}'
        blanks[f"error:{name}"] = f'<p class="govuk-error-message" id="{name}-error">{said}</p>'
        blanks[f"group:{name}"] = " govuk-form-group--error"
        ids = " ".join(filter(None, (described.get(name, ""), f"{name}-error")))
        blanks[f"described:{name}"] = f' aria-describedby="{ids}"'
    return blanks
