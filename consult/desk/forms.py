"""Forms of the front rooms."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from consult.web.forms import Form, PlainText


class SearchForm(Form):
    """What staff look for. It is posted: an address with a receipt or a resident's words would stay in histories."""

    text = StringField(
        _l("Receipt, number or words"),
        description=_l(
            "For example ZG-2026-000123, 125, ul. Polna, the end of a receipt's link, or words of a report."
        ),
        validators=[DataRequired(_l("Write what to look for.")), PlainText(), Length(max=200)],
    )
