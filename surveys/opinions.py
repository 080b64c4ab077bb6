"""What the codes of opinions about the application are called for people, and its pages by name."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.web.languages import language
from surveys.models import FeedbackSource, FeedbackState, WishKind
from surveys.questions import Texts, text_in

_LISTED: tuple[tuple[StrEnum, Any], ...] = (
    (FeedbackState.NEW, _l("New")),
    (FeedbackState.READ, _l("Read")),
    (FeedbackState.PLANNED, _l("Planned")),
    (FeedbackState.DONE, _l("Carried out")),
    (FeedbackState.DECLINED, _l("Declined")),
    (FeedbackState.SPAM, _l("Spam")),
    (FeedbackSource.PAGE, _l("A page of the application")),
    (FeedbackSource.SURVEY, _l("A survey")),
    (WishKind.FEATURE, _l("Wished feature")),
    (WishKind.CATEGORY, _l("Missing category")),
    (WishKind.THEME, _l("Theme")),
)
_WORDS = {(type(code), code.value): words for code, words in _LISTED}

RATINGS: dict[int, Any] = {
    5: _l("Very well"),
    4: _l("Well"),
    3: _l("So-so"),
    2: _l("Badly"),
    1: _l("Very badly"),
}
"""How a page works for somebody, the best first."""

TO_ITS_WRITER: dict[FeedbackState, Any] = {
    FeedbackState.NEW: _l("Nobody has read it yet."),
    FeedbackState.READ: _l("The coordinator has read it."),
    FeedbackState.PLANNED: _l("The coordinator has read it. We want to do it."),
    FeedbackState.DONE: _l("The coordinator has read it. It is done."),
    FeedbackState.DECLINED: _l("The coordinator has read it. We will not do it."),
    FeedbackState.SPAM: _l("The coordinator has read it."),
}

MARKS: dict[FeedbackState, str] = {
    FeedbackState.NEW: "new",
    FeedbackState.READ: "in_verification",
    FeedbackState.PLANNED: "confirmed",
    FeedbackState.DONE: "eliminated",
    FeedbackState.DECLINED: "not_confirmed",
    FeedbackState.SPAM: "joke",
}
"""The shape and colour in which a state is drawn, as those of a threat are."""

_PAGES: dict[str, Any] = {
    "accounts.sign_in": _l("Sign in"),
    "debates.proposals": _l("What was asked for and what was done"),
    "desk.district": _l("Page of a district"),
    "desk.due_today": _l("Today"),
    "desk.home": _l("Map"),
    "legal.contact": _l("Contact"),
    "legal.declaration": _l("Declaration of accessibility"),
    "legal.privacy": _l("Privacy"),
    "legal.terms": _l("Terms of use"),
    "online_reports.new": _l("Report a threat"),
    "online_reports.receipt": _l("Receipt of a report"),
    "surveys.answer": _l("Survey"),
    "surveys.answer_templates": _l("Answer templates"),
    "surveys.change_log": _l("Changes"),
    "surveys.changes": _l("We changed this"),
    "surveys.feedback": _l("Opinions about the application"),
    "surveys.feedback_receipt": _l("Your opinion"),
    "surveys.new_feedback": _l("Rate this page"),
    "surveys.review": _l("Opinions about the application"),
    "surveys.satisfaction": _l("Satisfaction"),
    "surveys.wishes": _l("Wishes"),
    "threats.index": _l("List of threats"),
    "threats.show": _l("Page of a threat"),
    "threats.suggestions": _l("Suggestions"),
}
PARTS: dict[str, Any] = {
    "design": _l("Design"),
    "help": _l("Help"),
    "legal": _l("Pages of the law"),
    "system": _l("State of the system"),
    "tasks": _l("Work in the background"),
    "upkeep": _l("How the service runs"),
    "accounts": _l("Accounts"),
    "allocation": _l("Places for a post"),
    "api": _l("For other programs"),
    "audit": _l("Trail of acts"),
    "banners": _l("Warnings"),
    "basemap": _l("Map"),
    "boundaries": _l("Boundaries"),
    "debates": _l("Debates"),
    "desk": _l("Map"),
    "districts": _l("Map"),
    "downloads": _l("Threats"),
    "editions": _l("Summaries"),
    "entering": _l("Reports of threats"),
    "evaluations": _l("Debates"),
    "following": _l("Reports of threats"),
    "handling": _l("Reports of threats"),
    "hot_spots": _l("Hot spots"),
    "looking": _l("Screening"),
    "online_reports": _l("Reports of threats"),
    "open311": _l("For other programs"),
    "paper": _l("Sheets with a map"),
    "partners": _l("Partners"),
    "police": _l("For other programs"),
    "readers": _l("Summaries"),
    "releases": _l("Published figures that do not change"),
    "police_records": _l("Police records"),
    "saved_views": _l("Saved views"),
    "searching": _l("Search"),
    "statistics": _l("Figures of the country"),
    "summaries": _l("Summaries"),
    "surveys": _l("Surveys"),
    "threats": _l("Threats"),
    "units": _l("Units"),
    "web": _l("Map"),
}
"""A page without a name of its own is called after its part."""


def in_words(code: StrEnum) -> Any:
    """Name a code in the reader's language."""
    return _WORDS[type(code), code.value]


def choices(codes: type[StrEnum]) -> list[tuple[str, Any]]:
    """List all codes of a kind with their words, for a form."""
    return [(code.value, in_words(code)) for code in codes]


ABOUT = {
    "wish": _l("a wished feature"),
    "missing_category": _l("a missing category"),
    "feedback": _l("anything about the application"),
}


def about_in_words(code: str) -> Any:
    """Say what a survey asked for there; empty where nothing in particular."""
    return ABOUT.get(code, "")


def page_name(endpoint: str) -> Any:
    """Name a page; an opinion that came from no page is about the whole application."""
    if not endpoint:
        return _l("The whole application")
    return _PAGES.get(endpoint) or PARTS.get(endpoint.partition(".")[0]) or _l("Another page")


def rating_in_words(rating: int | None) -> Any:
    """Say a rating with its number: "4 – well"."""
    return _("no rating") if rating is None else f"{rating} – {RATINGS[rating]}"


def in_language(texts: Texts) -> str:
    """Give a survey's text in the reader's language."""
    return text_in(texts, language())


def mark(state: FeedbackState) -> str:
    """Give the mark in which a state is drawn."""
    return MARKS[state]
