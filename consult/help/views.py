"""The pages of help, for everybody: tasks, keys, words, what is new, and a manual of all of it."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.routing import BuildError

from consult.accounts import operations as accounts
from consult.accounts import queries as people
from consult.clock import today
from consult.config import VERSION
from consult.documents.rendering import Document, DocumentRefused, Renderer
from consult.help.easy import PARTS
from consult.help.glossary import TERMS
from consult.help.keys import KEYS
from consult.help.news import Piece, news_for
from consult.help.topics import TOPICS, Topic, by_slug, of_page, seen_by
from consult.web.languages import language
from consult.web.limits import limited, prints
from consult.web.roles import Role, only, public

bp = Blueprint("help", __name__)

PICTURES = Path(__file__).resolve().parents[1] / "static" / "images" / "help"
STYLE = Path(__file__).with_name("manual.css")


def init_app(app: Flask) -> None:
    """Let the header of every page lead to the help that belongs to it; “Today” asks for what is new."""
    app.context_processor(lambda: {"help_url": _here(), "unseen_news": _unseen})


def _here() -> str:
    if g.get("without_database"):  # the page that says so must not ask who is signed in
        return url_for("help.index")
    topic = of_page(request.endpoint, _role())
    return url_for("help.topic", task=topic.slug) if topic else url_for("help.index")


def _role() -> Role | None:
    role: Role | None = current_user.role if current_user.is_authenticated else None
    return role


@bp.get("/help")
@public
def index() -> ResponseReturnValue:
    """List the tasks: of residents for everybody, those of the police for whoever is signed in."""
    seen = seen_by(_role())
    return render_template(
        "help/index.html",
        residents=[topic for topic in seen if topic.is_for_residents],
        work=[topic for topic in seen if not topic.is_for_residents],
    )


@bp.get("/help/<string:task>")
@public
def topic(task: str) -> ResponseReturnValue:
    """Explain a task in steps, with a picture of the page on which it begins."""
    found = by_slug(task)
    if found is None or found not in seen_by(_role()):
        abort(404)
    return render_template("help/topic.html", topic=found, picture=picture_of(found), start=_start(found))


@bp.get("/help/keys")
@public
def keys() -> ResponseReturnValue:
    """List the keys; the page's own script shows the same in a window when somebody presses `?`."""
    return render_template("help/keys.html", keys=_own_keys())


@bp.get("/help/words")
@public
def words() -> ResponseReturnValue:
    """Explain the words of the service."""
    return render_template("help/words.html", terms=TERMS)


@bp.get("/help/easy")
@public
def easy() -> ResponseReturnValue:
    """Tell the main tasks of residents in easy-to-read text."""
    return render_template("help/easy.html", parts=PARTS)


@bp.get("/help/news")
@public
def news() -> ResponseReturnValue:
    """Tell what is new for the reader, the newest first; for staff with a mark on what they have not seen."""
    pieces = news_for(_role())
    unseen = _unseen()
    return render_template(
        "help/news.html",
        days=[(day, list(told)) for day, told in groupby(pieces, lambda piece: piece.on)],
        unseen={piece.number for piece in unseen},
        newest=pieces[0].number,
        starts={piece.number: url_for(piece.page) for piece in pieces},
        version=VERSION,
    )


@bp.post("/help/news/<int:number>/seen")
@only(*Role)
def see_news(number: int) -> ResponseReturnValue:
    """Take the mark away from all that is told up to a number."""
    if number not in {piece.number for piece in news_for(_role())}:
        abort(404)
    accounts.see_news(current_user.id, number)
    return redirect(url_for("help.news"))


def _unseen() -> Sequence[Piece]:
    """List what is new and was not seen; residents have no account, so nobody knows it of them."""
    if not current_user.is_authenticated:
        return []
    seen = people.news_seen(current_user.id)
    return [piece for piece in news_for(_role()) if piece.number > seen]


@bp.get("/help/manual.pdf")
@public
@limited("20/hour", methods=("GET", "HEAD"))
def manual() -> ResponseReturnValue:
    """Give residents the same as a document."""
    return _printed(_("How to use the service"), [one for one in TOPICS if one.is_for_residents], "pomoc.pdf")


@bp.get("/help/manual-police.pdf")
@only(*Role)
@prints()
def manual_police() -> ResponseReturnValue:
    """Give the police a manual of all work that the reader's role has."""
    topics = [one for one in seen_by(_role()) if not one.is_for_residents]
    return _printed(_("Manual for the police"), topics, "podrecznik.pdf")


def _printed(name: str, topics: Sequence[Topic], file_name: str) -> Response:
    pictures = {one.slug: f"{one.slug}.webp" for one in topics if _file(one) is not None}
    # Not render_template: what pages are given (menus, who is signed in) has no place in a document.
    page = current_app.jinja_env.get_template("help/printed_manual.html").render(
        name=name,
        topics=topics,
        pictures=pictures,
        keys=_own_keys(),
        terms=TERMS,
        day=today(),
        language=language(),
    )
    assets = {f"{one.slug}.webp": _bytes(one) for one in topics if one.slug in pictures}
    assets["manual.css"] = STYLE.read_bytes()
    document = Document(page, assets=assets, lang=language(), title=name)
    try:
        with Renderer() as renderer:
            content = renderer.print(document)
    except DocumentRefused as refused:
        current_app.logger.warning("%s: %s", request.path, refused)
        abort(503)
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=file_name)
    return answer


def _own_keys() -> list[Any]:
    return [group for group in KEYS if current_user.is_authenticated or not group.is_for_police]


def _start(topic: Topic) -> str | None:
    """Give the address of the page on which a task begins; None where it is one of many, such as a receipt."""
    try:
        return url_for(topic.start)
    except BuildError:
        return None


def picture_of(topic: Topic) -> str | None:
    """Name the picture of a task for the reader's language, among the images of the site."""
    file = _file(topic)
    return f"images/help/{file.name}" if file else None


def _file(topic: Topic) -> Path | None:
    found = (PICTURES / f"{topic.slug}.{code}.webp" for code in (language(), "pl"))
    return next((file for file in found if file.is_file()), None)


def _bytes(topic: Topic) -> bytes:
    file = _file(topic)
    assert file is not None, "only tasks with a picture are asked for one"
    return file.read_bytes()
