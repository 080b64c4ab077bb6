"""What somebody typed that could not be taken: it waits in the reader's own page and is kept nowhere else.

A page that tells why shows it, with a button that sends it again. When the session of staff had ended, the page that
asks to sign in again carries it along in a hidden field, and whoever has signed in is shown it once more
with a button that sends it. Nothing of it is stored here. Files do not fit into a page and have to be chosen again.

Police stations share computers: what is carried along is sealed, so that nobody reads it in the page, and it names the
account whose form it was, so that a colleague who signs in next neither sees it nor sends it under another name. The
token of a form tells whose it is, also when the session is long gone.
"""

import base64
import json
import secrets
import uuid
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app, render_template, request
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

from consult.web.languages import is_own_address
from consult.web.security import is_own_host

LONGEST = 1_500_000
"""More bytes than this do not travel along: a form takes 2 MiB."""
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
CARRIED = "typed"
"""The hidden field in which a page of signing in carries it."""
TOKEN = "csrf_token"  # noqa: S105
UNSAID = frozenset({TOKEN})
TOKEN_SALT = "wtf-csrf-token"  # noqa: S105
"""With this salt Flask-WTF signs the tokens of forms."""
SECRET_PART = "accounts."  # noqa: S105
"""Pages of this part ask for passwords, which no page may carry along."""
WORDS = 20
"""A value of so many characters was typed, and stands to be read; shorter ones are mostly choices."""


class Anothers(Exception):
    """Somebody else typed it."""


@dataclass(frozen=True)
class Typed:
    """A form that could not be taken: where it goes, its fields, and whether files belonged to it."""

    to: str
    fields: list[tuple[str, str]]
    has_files: bool
    encoding: str
    """How the form was sent, and is sent again."""
    page: str | None
    """Where the form can be opened anew."""

    @classmethod
    def here(cls) -> Self | None:
        """Give what this very request holds, for a page that tells why it was not taken; None when it is nothing."""
        if not is_from_own_page() or not of_request() or CARRIED in request.form or is_anothers():
            return None
        return cls.of_form(request.path if _endpoint_of(request.path, "GET") else None)

    @classmethod
    def of_form(cls, page: str | None) -> Self:
        """Give the form of this request as it came; its token has been checked, or its origin."""
        encoding = MULTIPART if request.mimetype == MULTIPART else URLENCODED
        return cls(request.full_path.rstrip("?"), _fields(), _has_files(), encoding, page)

    def under_another_key(self) -> Self:
        """Give it as something new: what was saved under its key stays what it is."""
        fields = [(name, uuid.uuid4().hex if name == "key" else value) for name, value in self.fields]
        return replace(self, fields=fields)

    @property
    def can_be_filled_in(self) -> bool:
        """Whether its page can be opened with all of it, to go on writing; a questionnaire is turned page by page."""
        return self.page is not None and not any(name.startswith("-") for name, _value in self.fields)

    @property
    def texts(self) -> list[str]:
        """The words in it."""
        written = [value.strip() for _name, value in self.fields]
        return [text for text in written if len(text) >= WORDS and " " in text and text[0] not in "{["]

    @classmethod
    def read(cls, kept: str) -> Self | None:
        """Read what a page carried along for the account that has signed in.

        None when there is nothing, or nothing that we would have written. Raises `Anothers` when it is not the
        reader's.
        """
        try:
            found = json.loads(_seal().decrypt(kept.encode()))
            if found["whose"] not in {None, current_user.id}:
                raise Anothers
            to, fields, has_files = str(found["to"]), [(str(n), str(v)) for n, v in found["fields"]], found["files"]
            encoding = MULTIPART if found["parts"] else URLENCODED
        except (InvalidToken, ValueError, TypeError, KeyError):
            return None
        if not is_own_address(to) or _view_of(to, "POST") is None:
            return None
        page = to if _view_of(to, "GET") is not None else None
        return cls(to, fields, bool(has_files), encoding, page)


def of_request() -> str:
    """Give what the form of this request holds, for a page to carry along; empty when there is nothing to lose.

    Only for forms that a person sent from a page: programs of ours keep what they send until it is taken.
    """
    if request.method != "POST" or "text/html" not in request.headers.get("Accept", ""):
        return ""
    if (request.endpoint or "").startswith(SECRET_PART):
        return request.form.get(CARRIED, "")
    fields = _fields()
    sent = {
        "to": request.full_path.rstrip("?"),
        "fields": fields,
        "files": _has_files(),
        "parts": request.mimetype == MULTIPART,
        "whose": _whose(),
    }
    kept = json.dumps(sent, ensure_ascii=False).encode()
    return _seal().encrypt(kept).decode() if fields and len(kept) <= LONGEST else ""


def token_for(account_id: int) -> str:
    """Make the secret behind the tokens of all forms of a session; it names whose they are."""
    return f"{secrets.token_hex(20)}-{account_id}"


def is_anothers() -> bool:
    """Tell whether the form of this request stood on a page of another account than the one that is signed in now."""
    return current_user.is_authenticated and _whose() not in {None, current_user.id}


def _whose() -> int | None:
    """Read from its token whose form this request holds; None for a form that was nobody's."""
    signed = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=TOKEN_SALT)
    try:
        account_id = str(signed.loads(request.form.get(TOKEN, ""))).partition("-")[2]
    except BadData:
        return None
    return int(account_id) if account_id else None


def _seal() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"what somebody typed")
    return Fernet(base64.urlsafe_b64encode(derived.derive(current_app.config["SECRET_KEY"].encode())))


def _fields() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in UNSAID]


def _has_files() -> bool:
    return any(file.filename for file in request.files.values())


def is_from_own_page() -> bool:
    """Tell by what browsers say of it whether a form stood on a page of ours: no other page can say so."""
    origin = request.headers.get("Origin", "")
    said = request.headers.get("Sec-Fetch-Site", "")
    return said == "same-origin" or (not said and is_own_host(urlsplit(origin).netloc))


def is_for_staff() -> bool:
    """Tell whether only staff may use the address of this request, or it carries what was sent to such a one."""
    if CARRIED in request.form:
        return True
    view: Any = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "audience", "public") != "public"


def send_again(kept: Typed) -> str:
    """Show what was typed, with a button that sends it."""
    return render_template("errors/send_again.html", kept=kept)


def _view_of(address: str, method: str) -> str | None:
    """Find the page of an address for staff."""
    endpoint = _endpoint_of(address, method)
    view: Any = current_app.view_functions.get(endpoint or "")
    return endpoint if getattr(view, "audience", "public") != "public" else None


def _endpoint_of(address: str, method: str) -> str | None:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    path, _, _query = address.partition("?")
    try:
        endpoint, _values = adapter.match(path, method=method)
    except HTTPException:
        return None
    return str(endpoint)
