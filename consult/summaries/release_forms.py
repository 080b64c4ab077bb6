"""Forms about drafts of summaries: that they were looked at, and their release."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

from consult.summaries.releasing import REASON_LENGTH
from consult.web.forms import Form, NamesNobody, PlainText


class LookForm(Form):
    """That somebody has looked at the draft that was shown."""

    seen = HiddenField()


class ReleaseForm(Form):
    """The release of a draft: whether the head has looked at it, and what was wrong with the version before."""

    seen = HiddenField()
    looked = BooleanField(_l("I have looked at the draft"))
    because = TextAreaField(
        _l("What changed"),
        [PlainText(), Length(max=REASON_LENGTH), NamesNobody()],
        description=_l(
            "Everybody reads it before the first figures: what was wrong in the version before, and what is right."
        ),
        render_kw={"rows": 3},
    )


class ReleaseAllForm(Form):
    """The release of all drafts that a page shows; each is named by its number and by the digest of its document."""

    shown = SelectMultipleField(validate_choice=False)
    looked = BooleanField(_l("I have looked at all of them"), [InputRequired(_l("Look at the drafts first."))])

    @property
    def drafts(self) -> dict[int, str]:
        """The digests of the documents that were shown, by the numbers of the drafts."""
        found = (str(entry).partition(" ") for entry in self.shown.data or ())
        return {int(number): seen for number, _space, seen in found if number.isascii() and number.isdigit()}
