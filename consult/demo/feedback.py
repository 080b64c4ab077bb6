"""What people of the demonstration think of the application, and the coordinator's work on it. It is invented."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.clock import retelling
from consult.demo.content import CONTENT
from consult.demo.people import COORDINATOR
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


def tell(day: date) -> None:
    """Let people write what they think, and the coordinator work through it; nothing is committed here."""
    content = tomllib.loads((CONTENT / "feedback.toml").read_text(encoding="utf-8"))
    coordinator = accounts.by_email(COORDINATOR)
    assert coordinator is not None, "the people are entered before the story is told"
    for template in content["templates"]:
        reviewing.write_template(coordinator, None, **template)
    wishes = {
        wish["key"]: reviewing.wish_for(coordinator, WishKind(wish["kind"]), wish["title"])
        for wish in content["wishes"]
    }
    for opinion in _opinions(content):
        _hear(coordinator, opinion, wishes, day)
    for change in content["changes"]:
        _change(coordinator, change, wishes, day)


def _opinions(content: dict[str, Any]) -> Iterator[Opinion]:
    """List the opinions with words, and then the bare ratings, each of a person of its own."""
    yield from (Opinion(**entry) for entry in content["opinions"])
    for ratings in content["ratings"]:
        chosen = [rating for rating, number in enumerate(ratings["counts"], 1) for _ in range(number)]
        for number, rating in enumerate(chosen):
            voice = f"{ratings['page']} {ratings['version']} {number}"
            yield Opinion(ratings["last"] + number, voice, ratings["page"], ratings["version"], rating, state="read")


def _hear(coordinator: Account, opinion: Opinion, wishes: dict[str, Wish], day: date) -> None:
    with retelling(_noon(day, opinion.ago)):
        written = _write(opinion)
    if opinion.state == FeedbackState.NEW:
        return
    with retelling(_noon(day, opinion.ago - 1)):
        reviewing.review(
            coordinator,
            written,
            state=FeedbackState(opinion.state),
            wish_ids=[wishes[key].id for key in opinion.wishes],
            answer=opinion.answer,
        )


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


def _change(coordinator: Account, change: dict[str, Any], wishes: dict[str, Wish], day: date) -> None:
    with retelling(_noon(day, change["ago"])):
        written = reviewing.record_change(
            coordinator,
            title=change["title"],
            text=change["text"],
            app_version=change["version"],
            changed_on=day - timedelta(days=change["ago"]),
            wish_id=wishes[change["wish"]].id,
        )
        reviewing.publish_change(coordinator, written)


def _noon(day: date, ago: int) -> datetime:
    return datetime.combine(day - timedelta(days=ago), NOON, WARSAW)
