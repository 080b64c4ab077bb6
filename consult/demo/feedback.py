"""What people of the demonstration think of the application, and the coordinator's work on it. It is invented."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.demo.content import CONTENT
from consult.demo.people import COORDINATOR
from consult.demo.telling import Chronicle
from consult.period import WARSAW
from consult.receipts import receipt_of
from surveys.models import Feedback, FeedbackState, Wish, WishKind
from surveys.operations import feedback, reviewing

SEALED = "demonstration"
"""What the receipts are made with: they open invented opinions."""
NOON = time(12)


@dataclass(frozen=True)
class Opinion:
    """One opinion, so many days before today, and what the coordinator decided about it."""

    ago: int
    voice: str
    page: str
    version: str
    rating: int | None = None
    words: str = ""
    language: str = "pl"
    wishes: list[str] = field(default_factory=list)
    state: str = "new"
    answer: str = ""


def plan(day: date, chronicle: Chronicle) -> None:
    """Plan what people write, and the coordinator's work on it."""
    _Desk(tomllib.loads((CONTENT / "feedback.toml").read_text(encoding="utf-8")), day, chronicle).plan()


class _Desk:
    """The coordinator's desk, and everybody who writes to it."""

    def __init__(self, content: dict[str, Any], day: date, chronicle: Chronicle) -> None:
        self.content, self.day, self.chronicle = content, day, chronicle
        self.wishes: dict[str, Wish] = {}

    def plan(self) -> None:
        """Plan everything for the noon of its day, the desk's own words for the day before the first opinion."""
        opinions = list(_opinions(self.content))
        self.chronicle.plan(self._noon(max(opinion.ago for opinion in opinions) + 1), self._prepare)
        for opinion in opinions:
            self.chronicle.plan(self._noon(opinion.ago), partial(self._hear, opinion))
        for change in self.content["changes"]:
            self.chronicle.plan(self._noon(change["ago"]), partial(self._change, change))

    def _prepare(self) -> None:
        for template in self.content["templates"]:
            reviewing.write_template(_coordinator(), None, **template)
        for wish in self.content["wishes"]:
            self.wishes[wish["key"]] = reviewing.wish_for(_coordinator(), WishKind(wish["kind"]), wish["title"])

    def _hear(self, opinion: Opinion) -> None:
        written = _write(opinion)
        if opinion.state != FeedbackState.NEW:
            self.chronicle.plan(self._noon(opinion.ago - 1), partial(self._review, written, opinion))

    def _review(self, written: Feedback, opinion: Opinion) -> None:
        reviewing.review(
            _coordinator(),
            written,
            state=FeedbackState(opinion.state),
            wish_ids=[self.wishes[key].id for key in opinion.wishes],
            answer=opinion.answer,
        )

    def _change(self, change: dict[str, Any]) -> None:
        written = reviewing.record_change(
            _coordinator(),
            title=change["title"],
            text=change["text"],
            app_version=change["version"],
            changed_on=self.day - timedelta(days=change["ago"]),
            wish_id=self.wishes[change["wish"]].id,
        )
        reviewing.publish_change(_coordinator(), written)

    def _noon(self, ago: int) -> datetime:
        return datetime.combine(self.day - timedelta(days=ago), NOON, WARSAW)


def _coordinator() -> Account:
    account = accounts.by_email(COORDINATOR)
    assert account is not None, "the people are entered before the story is told"
    return account


def _opinions(content: dict[str, Any]) -> Iterator[Opinion]:
    """List the opinions with words, and then the bare ratings, each of a person of its own."""
    yield from (Opinion(**entry) for entry in content["opinions"])
    for ratings in content["ratings"]:
        chosen = [rating for rating, number in enumerate(ratings["counts"], 1) for _ in range(number)]
        for number, rating in enumerate(chosen):
            voice = f"{ratings['page']} {ratings['version']} {number}"
            yield Opinion(ratings["last"] + number, voice, ratings["page"], ratings["version"], rating, state="read")


def _write(opinion: Opinion) -> Feedback:
    return feedback.submit(
        receipt_of("opinion", f"{opinion.voice} {opinion.ago}", SEALED),
        rating=opinion.rating,
        words=opinion.words,
        page=opinion.page,
        language=opinion.language,
        voice_key=hashlib.sha256(opinion.voice.encode()).hexdigest()[:40],
        app_version=opinion.version,
    )
