"""What the product recognises in the words of a statement and offers: places to confirm, categories to choose."""

from collections.abc import Sequence

from consult.catalogue import queries as catalogue
from consult.catalogue.recognising import proposed_categories
from consult.clock import today
from consult.districts import recognising
from consult.districts.recognising import Mention, MentionKind
from consult.web.languages import language
from debates.models import Meeting, Statement


def places_in(meeting: Meeting, text: str) -> list[Mention]:
    """List the places that a text names, within the districts of the meeting."""
    return places_in_many(meeting, [text])[0]


def places_in_many(meeting: Meeting, texts: Sequence[str]) -> list[list[Mention]]:
    """List the places that each of some texts names; a street without a town is one of the town of the venue."""
    return recognising.recognised_many(texts, meeting.district_codes, _town(meeting))


def for_statements(meeting: Meeting, statements: Sequence[Statement]) -> dict[int, list[Mention]]:
    """List the places to confirm for the statements that nobody has located yet, by statement."""
    lacking = [statement for statement in statements if statement.lacks_a_place]
    found = places_in_many(meeting, [statement.text for statement in lacking]) if lacking else []
    return {statement.id: offered for statement, offered in zip(lacking, found, strict=True) if offered}


def categories_in(meeting: Meeting, text: str) -> list[tuple[str, str]]:
    """List the categories that the words of a text speak of, at most three: code and name."""
    names = {entry.code: entry.name(language()) for entry in catalogue.everything()}
    return [(code, names[code]) for code in proposed_categories(text, meeting.held_on or today())]


def _town(meeting: Meeting) -> str:
    """Name the town in which a meeting is held, as its venue or its title says."""
    named = recognising.recognised_many([meeting.venue, meeting.title], meeting.district_codes)
    towns = [mention.place.words for mentions in named for mention in mentions if mention.kind is MentionKind.TOWN]
    return towns[0] if towns else ""
