"""Forms that anybody may send: a reason to ask once more never loses an answer.

There are three reasons, none of them a fault of the answers: the words sound as if somebody needed help at once, a
hurried machine seems to have sent the form, or too many came from one network within the hour.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner
from wtforms import HiddenField, StringField

from consult.clock import now
from consult.urgency import sounds_urgent
from consult.web import proof_of_work, traffic
from consult.web.forms import KeyedForm
from consult.web.limits import network_key

QUICKEST_S = 1
"""Nobody reads and fills in a form faster, in seconds."""

LONGEST_S = 24 * 3600
"""A form that was opened longer ago is sent once more."""

HOUR_S = 3600


@dataclass(frozen=True)
class Pause:
    """A reason to ask for the same form once more, though nothing in it is wrong."""

    title: Any
    advice: Any
    status: int = 422
    is_urgent: bool = False


URGENT = Pause(
    _l("Is this happening now?"),
    _l("Your words sound as if someone needed help at once. Call 112. If it is not happening now, send it again."),
    is_urgent=True,
)
OTHER_CONTENT = Pause(
    _l("Something else was sent with this form before"),
    _l(
        "What you sent first is saved. What is below is not saved yet: check it, choose files again if you had any, "
        "and send it as something new."
    ),
    status=409,
)
ONCE_MORE = Pause(
    _l("Send it once more, please"),
    _l(
        "It came very quickly, after a long time, or with many others from one network, as programs send. "
        "Nothing is lost: all your answers are below."
    ),
)


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt="form opened")


def _opened_now() -> str:
    return _signer().sign("opened").decode()


class OpenForm(KeyedForm):
    """A form without an account behind it. `pause` is the reason for which it is shown once more, if any."""

    is_past = HiddenField()
    opened = HiddenField(default=_opened_now)
    homepage = StringField(_l("Leave this field empty"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pause: Pause | None = None

    @property
    def said_now(self) -> str:
        """The words that speak of this moment; empty when the form asks for none."""
        return ""

    @property
    def status(self) -> int:
        """The status of the page that shows this form."""
        return self.pause.status if self.pause else super().status

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the answers, and last whether there is a reason to ask once more; then every answer stays."""
        if not super().validate(extra_validators):
            return False
        self.pause = self.reason_to_pause()
        return self.pause is None

    def refuse_key(self) -> None:
        """Say that something else was saved with the key; what is in the form can be sent as something new."""
        super().refuse_key()
        self.pause = OTHER_CONTENT

    def reason_to_pause(self) -> Pause | None:
        """Give a reason to ask once more, the most urgent first."""
        if self._looks_urgent():
            return URGENT
        return ONCE_MORE if self._looks_like_a_machine() else None

    def waits(self, what: str, most_an_hour: int, pause: Pause) -> bool:
        """Count what is about to be taken; beyond the most of an hour for one network, the form asks to wait."""
        if current_app.config["RATELIMIT_ENABLED"] and traffic.hit(f"{what} {network_key()}", HOUR_S) > most_an_hour:
            self.pause = pause
        return self.pause is pause

    def _looks_urgent(self) -> bool:
        """Tell whether someone seems to need help now; whoever sends the form again after that is believed."""
        if self.is_past.data or not sounds_urgent(self.said_now):
            return False
        self.is_past.data = "y"
        return True

    def _looks_like_a_machine(self) -> bool:
        """Tell by a field that people do not see and by the time since the page was opened."""
        if not current_app.config["RATELIMIT_ENABLED"]:
            return False
        if self.homepage.data:
            self.homepage.data = ""
            return True
        try:
            opened = _signer().unsign(self.opened.data or "", max_age=LONGEST_S, return_timestamp=True)[1]
        except (BadSignature, SignatureExpired):
            self.opened.data = _opened_now()
            return True
        return now() - opened < timedelta(seconds=QUICKEST_S)


class WorkingForm(OpenForm):
    """An open form for which a browser may compute a while: whoever's does may send more of them in an hour."""

    work = StringField()

    @property
    def work_to_do(self) -> str:
        """The challenge for the page, empty where nothing is limited."""
        return json.dumps(proof_of_work.challenge()) if current_app.config["RATELIMIT_ENABLED"] else ""

    def has_worked(self) -> bool:
        """Tell whether the work was done for this sending; it counts once."""
        return proof_of_work.is_done(self.work.data or "")
