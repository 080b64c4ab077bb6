"""The form of an opinion about the application: a rating, words, or both; for everybody, without an account."""

from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, Optional, ValidationError

from consult.web.forms import PlainText
from consult.web.open_forms import URGENT, OpenForm, Pause
from consult.web.personal import personal
from surveys.opinions import RATINGS

MOST_CHARACTERS = 1_000

TOO_MANY = Pause(
    _l("Wait an hour, please"),
    _l("Many opinions have come from your network. What you wrote is below: send it again later."),
    status=429,
)


def known_page(endpoint: str | None) -> str:
    """Give the name of a page that exists, or nothing: an address is never kept, since it may hold a receipt."""
    is_known = endpoint in current_app.view_functions and endpoint != "static"
    return endpoint if endpoint and is_known else ""


class FeedbackForm(OpenForm):
    """What somebody thinks of a page. No name, no address."""

    page = HiddenField(default=lambda: request.args.get("page", ""), filters=[known_page])
    is_kept = HiddenField()
    rating = RadioField(
        _l("How does this page work for you?"),
        [Optional()],
        choices=[SelectChoice(rating, words) for rating, words in RATINGS.items()],
        coerce=int,
    )
    words = TextAreaField(
        _l("What is good, what is missing, what should change?"),
        [PlainText(), Length(max=MOST_CHARACTERS, message=_l("Shorten it to 1,000 characters."))],
        description=_l("No names, phone numbers or number plates: neither yours nor anybody else's."),
    )

    @property
    def values(self) -> dict[str, Any]:
        """The opinion, without what guards the form."""
        return {"rating": self.rating.data, "words": self.words.data, "page": self.page.data}

    @property
    def said_now(self) -> str:
        """The words."""
        return self.words.data or ""

    def validate_words(self, field: Field) -> None:
        """Refuse an opinion that says nothing."""
        if not field.data and self.rating.data is None and not self.rating.errors:
            raise ValidationError(_("Choose a rating or write a few words."))

    def reason_to_pause(self) -> Pause | None:
        """Ask once more about personal data too; whoever sends it again after that wants it so."""
        reason = super().reason_to_pause()
        found = personal(self.words.data or "")
        if reason is URGENT or not found or self.is_kept.data:
            return reason
        self.is_kept.data = "y"
        advice = _(
            "We found: %(found)s. Take it out if you can, or send it as it is: only the coordinator would see it.",
            found=", ".join(found),
        )
        return Pause(_("Does this say who somebody is?"), advice)
