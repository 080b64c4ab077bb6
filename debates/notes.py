"""A line of an officer's note: what was said, with marks that one key gives, becomes the parts of a statement.

    ! Auta na chodniku przy szkole #park x12 @s // straż miejska sprawdzi

The first character says what it was, `#` begins the name of a category, `x` counts hands, `@` says who spoke, and after
`//` stands the answer given on the spot. All of them may be left out, and whatever is no mark stays in the text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from consult.words import folded


class StatementKind(StrEnum):
    """What was said."""

    THREAT = "threat"
    PROPOSAL = "proposal"
    QUESTION = "question"
    PRAISE = "praise"
    INFORMATION = "information"


class SpeakerRole(StrEnum):
    """Who said it: a role, never a name."""

    RESIDENT = "resident"
    VILLAGE_HEAD = "village_head"
    COUNCILLOR = "councillor"
    LOCAL_GOVERNMENT = "local_government"
    INSTITUTION = "institution"
    POLICE = "police"
    OTHER = "other"


LONGEST_STATEMENT = 2_000
"""Characters of what was said, and of the answer to it, however it came into the minutes."""

KINDS: Mapping[str, StatementKind] = {
    "!": StatementKind.THREAT,
    ">": StatementKind.PROPOSAL,
    "?": StatementKind.QUESTION,
    "+": StatementKind.PRAISE,
    ".": StatementKind.INFORMATION,
}
"""What the first character of a line says about the rest."""

SPEAKERS: Mapping[str, SpeakerRole] = {
    "m": SpeakerRole.RESIDENT,
    "s": SpeakerRole.VILLAGE_HEAD,
    "r": SpeakerRole.COUNCILLOR,
    "w": SpeakerRole.LOCAL_GOVERNMENT,
    "i": SpeakerRole.INSTITUTION,
    "p": SpeakerRole.POLICE,
    "k": SpeakerRole.OTHER,
}
"""Who spoke, by the first letter of the Polish word."""

_VOICES = re.compile(r"(?:^|\s)[xX×](\d{1,6})(?=\s|$)")
_SPEAKER = re.compile(rf"(?:^|\s)@([{''.join(SPEAKERS)}])(?=\s|$)", re.IGNORECASE)
_CATEGORY = re.compile(r"(?:^|\s)#(\w{2,40})(?=\s|$)")
_BREAK = re.compile(r"\n|(?<=[.!?;])\s+")
_ANSWER = re.compile(r"\s//(?=\s|$)")


@dataclass(frozen=True)
class Note:
    """A line taken apart; what nobody marked is None, and `answer` is empty."""

    text: str
    kind: StatementKind | None = None
    category_code: str | None = None
    voices: int | None = None
    speaker: SpeakerRole | None = None
    answer: str = ""


def read(line: str, categories: Mapping[str, str]) -> Note:
    """Take a line apart. `categories` are codes with the names that people read.

    A mark whose meaning is not clear, such as a beginning that fits two categories, stays in the text.
    """
    said, answer = _cut(line)
    kind = KINDS.get(said[:1])
    said = said[1:] if kind else said
    said, hands = _take(_VOICES, said)
    said, speaker = _take(_SPEAKER, said)
    code = _category(said, categories)
    if code:
        said, _beginning = _take(_CATEGORY, said)
    return Note(
        _tidy(said),
        kind,
        code,
        int(hands) if hands else None,
        SPEAKERS[speaker.lower()] if speaker else None,
        _tidy(answer),
    )


def lines(note: str) -> list[str]:
    """Take a note apart into its lines, the empty ones left out."""
    return [line.strip() for line in note.splitlines() if line.strip()]


def halves(text: str) -> tuple[str, str]:
    """Cut a text in two at the end of its first line, else of its first sentence; the second half may be empty."""
    first, *rest = _BREAK.split(text.strip(), maxsplit=1)
    return first.strip(), rest[0].strip() if rest else ""


def _cut(line: str) -> tuple[str, str]:
    said, *answer = _ANSWER.split(line.strip(), maxsplit=1)
    return said, answer[0] if answer else ""


def _take(mark: re.Pattern[str], text: str) -> tuple[str, str]:
    found = mark.search(text)
    return (text[: found.start()] + text[found.end() :], found[1]) if found else (text, "")


def _category(text: str, categories: Mapping[str, str]) -> str | None:
    """Find the one category of which a word begins so."""
    found = _CATEGORY.search(text)
    if not found:
        return None
    beginning = folded(found[1])
    fitting = [code for code, name in categories.items() if _begins(name, beginning)]
    return fitting[0] if len(fitting) == 1 else None


def _begins(name: str, beginning: str) -> bool:
    return any(word.startswith(beginning) for word in folded(name).split())


def _tidy(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
