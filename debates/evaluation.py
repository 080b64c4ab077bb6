"""What those who came said of a debate, as far as a reader may see it. Whoever knows the answers makes one of these.

The roof puts the function that does into `app.extensions["evaluation_of"]`, since debates know nothing of surveys.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from consult.disclosure import Audience
from debates.models import Meeting


@dataclass(frozen=True)
class Answered:
    """A question with its answers: the words of each, how many gave it, their share where it may be told.

    `positive` says in short how many gave one of the two best answers of a scale. `weighted` are the weighted shares of
    the same lines, where the questionnaire was weighted.
    """

    question: str
    base: str
    lines: tuple[tuple[str, int, str], ...]
    said: str = ""
    positive: str = ""
    weighted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """A debate's questionnaire: its state, how many answered in words, and what they said.

    Where too few answered there are no `questions`, and `hidden` says why. `url` is for staff. `method` says how the
    questionnaire was made, and `release_url` is the page of what everybody sees, with its files.
    """

    state: str
    mark: str
    answers: str
    url: str
    hidden: str = ""
    questions: tuple[Answered, ...] = ()
    how: str = ""
    method: tuple[tuple[str, str], ...] = ()
    release_url: str = ""


def evaluation_of(meeting: Meeting, audience: Audience) -> Evaluation | None:
    """Give what an audience may see of a meeting's questionnaire, or nothing where there is none for it."""
    read: Any = current_app.extensions["evaluation_of"]
    found: Evaluation | None = read(meeting, audience)
    return found
