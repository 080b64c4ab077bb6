"""Personal data on pages: words cut where it begins and ends, and what each piece looks like."""

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.personal_data import Kind, pieces

LABELS = {
    Kind.EMAIL: _l("e-mail address"),
    Kind.ACCOUNT: _l("bank account"),
    Kind.PESEL: _l("PESEL"),
    Kind.PHONE: _l("phone number"),
    Kind.PLATE: _l("number plate"),
    Kind.NAME: _l("name of somebody accused"),
}


def personal(text: str) -> list[str]:
    """List what in a text looks like personal data, each piece with what it looks like."""
    known = [(LABELS[kind], piece) for piece, kind in pieces(text) if kind is not None]
    return [str(_("%(kind)s “%(piece)s”", kind=kind, piece=piece)) for kind, piece in known]


def init_app(app: Flask) -> None:
    """Let every template mark personal data in what people wrote."""
    app.add_template_filter(pieces, "pieces")
    app.add_template_filter(personal, "personal")
    app.add_template_filter(LABELS.__getitem__, "kind_word")
