"""Pages of the law, for everybody, from the operator's file and from what the product knows of itself."""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from lxml import etree

from consult.clock import now, today
from consult.districts import queries as districts
from consult.legal.data_sets import DATA_SETS, LAWS, in_short, terms_of
from consult.operator import Operator
from consult.web.addresses import public_url
from consult.web.roles import public

bp = Blueprint("legal", __name__)

SECURITY_DAYS = 90
"""So long the contact for weaknesses may be believed; RFC 9116 (2.5.5) advises less than a year."""
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
FIRST_PAGES = (
    "desk.home",
    "online_reports.new",
    "threats.index",
    "debates.upcoming",
    "debates.proposals",
    "surveys.index",
    "surveys.changes",
    "statistics.index",
    "releases.index",
    "legal.declaration",
    "legal.privacy",
    "legal.terms",
    "legal.contact",
)
"""What a search engine is shown; then come the pages of the districts."""


def operator() -> Operator:
    """Give who runs this installation."""
    found: Operator = current_app.config["OPERATOR"]
    return found


@bp.get("/declaration")
@public
def declaration() -> ResponseReturnValue:
    """Declare how accessible the site is, under the identifiers that the technical conditions prescribe."""
    return render_template("legal/declaration.html", operator=operator(), site=public_url("desk.home"))


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Tell what is kept of people, set by set, with the law, the reason and the term of each."""
    rules = current_app.extensions["retention"]
    return render_template(
        "legal/privacy.html",
        operator=operator(),
        in_short=in_short(),
        data_sets=[(one, terms_of(one, rules)) for one in DATA_SETS],
        laws=LAWS,
    )


@bp.get("/terms")
@public
def terms() -> ResponseReturnValue:
    """Tell what the service is for, what not to send, and what becomes of a report."""
    return render_template("legal/terms.html", operator=operator())


@bp.get("/contact")
@public
def contact() -> ResponseReturnValue:
    """Tell how to reach whoever runs the service."""
    return render_template("legal/contact.html", operator=operator())


@bp.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """List the pages for search engines: sitemap protocol 0.9."""
    urls = etree.Element("urlset", nsmap={None: SITEMAP})
    addresses = [public_url(name) for name in FIRST_PAGES]
    addresses += [public_url("desk.district", code=area.code) for area in districts.districts(today())]
    for address in addresses:
        etree.SubElement(etree.SubElement(urls, "url"), "loc").text = address
    return Response(etree.tostring(urls, xml_declaration=True, encoding="utf-8"), content_type="application/xml")


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Ask search engines to leave alone what is one person's: receipts and pages behind the sign-in."""
    alone = ("/accounts/", url_for("online_reports.new").removesuffix("new"), url_for("surveys.new_feedback"))
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in alone), f"Sitemap: {public_url('legal.sitemap')}"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@bp.get("/.well-known/security.txt")
@public
def security() -> Response:
    """Tell where whoever finds a weakness can tell of it (RFC 9116); 404 where the installation names nobody."""
    contact = current_app.config["SECURITY_CONTACT"]
    if not contact:
        abort(404)
    lines = [
        f"Contact: {contact}",
        f"Expires: {now() + timedelta(days=SECURITY_DAYS):%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: pl, en, uk",
        f"Canonical: {public_url('legal.security')}",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
