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
from consult.web.roles import Role


class Item(NamedTuple):
    """A link of the header."""

    label: str
    url: str
    current: bool


Link = tuple[Any, str]

PUBLIC = (
    (_l("Map"), "desk.home"),
    (_l("Report a threat"), "online_reports.new"),
    (_l("List of threats"), "threats.index"),
    (_l("What was asked for and what was done"), "debates.proposals"),
    (_l("Surveys"), "surveys.index"),
)
STAFF = (
    (_l("Today"), "desk.due_today", ()),
    (_l("Map"), "desk.home", ()),
    (_l("Debates"), "debates.index", (Role.OFFICER, Role.HEAD, Role.COORDINATOR)),
    (_l("Surveys"), "surveys.index", (Role.OFFICER, Role.HEAD, Role.COORDINATOR)),
    (_l("Threats"), "threats.index", ()),
    (_l("Search"), "searching.index", (Role.OFFICER, Role.HEAD, Role.COORDINATOR)),
    (_l("Screening"), "online_reports.screening", (Role.OFFICER, Role.HEAD)),
    (_l("Enter a report"), "entering.new", (Role.OFFICER, Role.HEAD)),
    (_l("Suggestions"), "threats.suggestions", (Role.OFFICER, Role.HEAD, Role.COORDINATOR)),
    (_l("Summaries"), "summaries.index", (Role.OFFICER, Role.HEAD, Role.COORDINATOR)),
    (_l("Feedback"), "surveys.feedback", (Role.COORDINATOR,)),
    (_l("Warnings"), "banners.index", (Role.COORDINATOR,)),
    (_l("Answer templates"), "threats.reason_templates", (Role.HEAD, Role.COORDINATOR)),
    (_l("Accounts"), "accounts.index", (Role.HEAD, Role.ADMINISTRATOR)),
)


WARNED = frozenset({"desk.home", "desk.district", "threats.index", "online_reports.new"})
"""Public pages above which the coordinator's warnings stand."""


def init_app(app: Flask) -> None:
    """Give every page its header and say whether the content is a demonstration."""
    app.context_processor(_header)


def _header() -> dict[str, Any]:
    if g.get("without_database"):  # the page that says so must not ask it again
        return {"navigation": [], "staff_navigation": [], "home_url": url_for("desk.home"), "footer_links": []}
    return {
        "navigation": [] if current_user.is_authenticated else _items(PUBLIC),
        "staff_navigation": _items(_staff()) if current_user.is_authenticated else [],
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
    """Let everybody say what they think of the page they are on: by its name, since its address may hold a secret."""
    return [
        (_("Rate this page"), url_for("surveys.new_feedback", page=request.endpoint)),
        (_("We changed this"), url_for("surveys.changes")),
    ]


def _staff() -> list[Link]:
    return [(label, name) for label, name, roles in STAFF if not roles or current_user.role in roles]


def _account() -> dict[str, str]:
    return {
        "name": current_user.email,
        "url": url_for("accounts.own"),
        "sign_out_url": url_for("accounts.sign_out"),
    }


def _items(links: Sequence[Link]) -> list[Item]:
    return [Item(str(label), url_for(name), request.endpoint == name) for label, name in links]
