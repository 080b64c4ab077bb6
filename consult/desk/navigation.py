"""The navigation of public pages and of staff: what stands in the header for whom."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.accounts import queries as accounts
from consult.desk import banners
from consult.web.languages import language
from consult.web.roles import Role, may_open


class Item(NamedTuple):
    """A link of the header. `current` says how it stands to the page: "page", "true" (its section), or nothing."""

    label: str
    url: str
    current: str


class Entry(NamedTuple):
    """A page of the staff menu: its name, its endpoint, and who may open it (nobody named: everybody of the police)."""

    label: Any
    endpoint: str
    roles: tuple[Role, ...] = ()


class Group(NamedTuple):
    """A name of the staff menu with its pages; one page alone stands in the menu itself."""

    label: Any
    entries: tuple[Entry, ...]


class Section(NamedTuple):
    """A group as its reader sees it."""

    label: str
    items: list[Item]

    @property
    def is_current(self) -> bool:
        """Tell whether the reader is somewhere in it."""
        return any(item.current for item in self.items)


READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
PASSERS = (Role.OFFICER, Role.HEAD)

PUBLIC = (
    Entry(_l("Map"), "desk.home"),
    Entry(_l("Report a threat"), "online_reports.new"),
    Entry(_l("List of threats"), "threats.index"),
    Entry(_l("The next debates"), "debates.upcoming"),
    Entry(_l("What was asked for and what was done"), "debates.proposals"),
    Entry(_l("Surveys"), "surveys.index"),
)
STAFF = (
    Group(_l("Today"), (Entry(_l("Today"), "desk.due_today"),)),
    Group(
        _l("Map and threats"),
        (
            Entry(_l("Map"), "desk.home"),
            Entry(_l("Threats"), "threats.index"),
            Entry(_l("Map of observations"), "threats.observations", READERS),
            Entry(_l("Hot spots"), "hot_spots.index", READERS),
            Entry(_l("Suggestions"), "threats.suggestions", READERS),
        ),
    ),
    Group(
        _l("Voices of residents"),
        (
            Entry(_l("Screening"), "online_reports.screening", PASSERS),
            Entry(_l("Enter a report"), "entering.new", PASSERS),
            Entry(_l("Replies from residents"), "handling.replies", READERS),
            Entry(_l("Debates"), "debates.index", READERS),
            Entry(_l("Surveys"), "surveys.index", READERS),
        ),
    ),
    Group(
        _l("Reports and figures"),
        (
            Entry(_l("Summaries"), "summaries.index", READERS),
            Entry(_l("Waiting times"), "threats.waiting_times", READERS),
            Entry(_l("Places for a post"), "allocation.index", READERS),
            Entry(_l("Police records"), "police_records.index"),
            Entry(_l("Feedback"), "surveys.feedback", (Role.COORDINATOR,)),
            Entry(_l("Work in the background"), "tasks.index", READERS),
        ),
    ),
    Group(
        _l("Administration"),
        (
            Entry(_l("Warnings"), "banners.index", (Role.COORDINATOR,)),
            Entry(_l("Answer templates"), "threats.reason_templates", (Role.HEAD, Role.COORDINATOR)),
            Entry(_l("Partners"), "partners.index", READERS),
            Entry(_l("Units"), "units.index", (Role.HEAD, Role.ADMINISTRATOR)),
            Entry(_l("Accounts"), "accounts.index", (Role.HEAD, Role.ADMINISTRATOR)),
            Entry(_l("Boundaries"), "boundaries.index", (Role.ADMINISTRATOR,)),
            Entry(_l("State of the system"), "system.index", (Role.ADMINISTRATOR,)),
        ),
    ),
)
"""What stands in the header of the police, in groups that a reader can keep in mind."""

BELONGS = {
    "desk.due_today": ("saved_views.index", "saved_views.new"),
    "debates.index": (
        "paper.index", "paper.of_meeting", "paper.new", "paper.show", "paper.print_more", "paper.close",
        "paper.sheets", "paper.sheet", "paper.edit_sheet", "paper.withdraw_sheet", "paper.sheet_scans",
    ),
    "online_reports.screening": ("online_reports.decided", "looking.files", "looking.kept_back"),
    "entering.new": ("entering.index", "entering.receipt"),
    "handling.replies": ("handling.review",),
    "police_records.index": (
        "police_records.import_figures", "police_records.check_import", "police_records.perceived",
    ),
    "threats.index": ("handling.report",),
    "threats.reason_templates": ("threats.new_reason_template", "threats.edit_reason_template"),
    "summaries.index": (
        "editions.drafts", "editions.draft", "editions.release", "editions.internal",
        "readers.index", "readers.district", "readers.withdraw",
    ),
    "surveys.feedback": (
        "surveys.review", "surveys.wishes", "surveys.edit_wish", "surveys.merge_wish", "surveys.satisfaction",
        "surveys.change_log", "surveys.new_change", "surveys.edit_change",
        "surveys.answer_templates", "surveys.new_answer_template", "surveys.edit_answer_template",
    ),
}  # fmt: skip
"""Pages that stand below another entry than the list of their part."""


WARNED = frozenset({"desk.home", "desk.district", "threats.index", "online_reports.new"})
"""Public pages above which the coordinator's warnings stand."""


def init_app(app: Flask) -> None:
    """Give every page its header and say whether the content is a demonstration."""
    app.context_processor(_header)
    app.add_template_global(may_open, "may_open")


def _header() -> dict[str, Any]:
    if g.get("without_database"):  # the page that says so must not ask it again
        return {"navigation": [], "staff_navigation": [], "home_url": url_for("desk.home"), "footer_links": []}
    return {
        "navigation": [] if current_user.is_authenticated else _items(PUBLIC),
        "staff_navigation": _sections(current_user.role) if current_user.is_authenticated else [],
        "staff_search": _search() if current_user.is_authenticated else None,
        "account": _account() if current_user.is_authenticated else None,
        "sign_in_url": url_for("accounts.sign_in"),
        "home_url": url_for("desk.home"),
        "demonstration": accounts.has_demonstration(),
        "footer_links": _footer(),
        "warnings": banners.shown(_district(), language()) if request.endpoint in WARNED else [],
    }


def _district() -> str | None:
    """Tell which district the page is about: by its address, or by the filter."""
    return (request.view_args or {}).get("code") or request.args.get("district") or None


def _footer() -> list[tuple[str, str]]:
    """Let everybody say what they think of the page they are on, and find what the law asks for on every page.

    The page is told by its name, since its address may hold a secret. Staff find what is new there, too; residents in
    Help, since the first page has no byte to spare.
    """
    news = [(_("What is new"), url_for("help.news"))] if current_user.is_authenticated else []
    return [
        (_("Rate this page"), url_for("surveys.new_feedback", page=request.endpoint)),
        (_("We changed this"), url_for("surveys.changes")),
        (_("Contact"), url_for("legal.contact")),
        (_("Privacy"), url_for("legal.privacy")),
        (_("Terms of use"), url_for("legal.terms")),
        (_("Declaration of accessibility"), url_for("legal.declaration")),
        *news,
    ]


def _sections(role: Role) -> list[Section]:
    """Give the staff menu of a role: groups without a page for it are left out."""
    shown = [(group.label, [one for one in group.entries if not one.roles or role in one.roles]) for group in STAFF]
    here = _entry_of(request.endpoint or "", [one.endpoint for _label, entries in shown for one in entries])
    return [Section(str(label), [_item(one, here) for one in entries]) for label, entries in shown if entries]


def _entry_of(endpoint: str, entries: Sequence[str]) -> str:
    """Find the entry to which a page belongs: itself, the one that claims it, or the list of its part."""
    claimed = [entry for entry in entries if endpoint == entry or endpoint in BELONGS.get(entry, ())]
    listing = [entry for entry in entries if entry == endpoint.partition(".")[0] + ".index"]
    return next(iter([*claimed, *listing]), "")


def _item(entry: Entry, here: str) -> Item:
    return Item(str(entry.label), url_for(entry.endpoint), _standing(entry.endpoint, here))


def _standing(entry: str, here: str) -> str:
    if entry != here:
        return ""
    return "page" if request.endpoint == entry else "true"


def _search() -> str | None:
    """Give the address of the search, for those who may use it; the page of the search has its own field."""
    is_offered = current_user.role in READERS and request.endpoint != "searching.index"
    return url_for("searching.index") if is_offered else None


def _account() -> dict[str, str]:
    return {
        "name": current_user.email,
        "url": url_for("accounts.own"),
        "sign_out_url": url_for("accounts.sign_out"),
        "outbox_url": url_for("debates.outbox"),
    }


def _items(entries: Sequence[Entry]) -> list[Item]:
    return [_item(one, request.endpoint or "") for one in entries]
