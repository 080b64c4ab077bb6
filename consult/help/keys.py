"""The keys of the pages: what each does and where. Nothing can be done by them alone."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Keys:
    """Where keys work, and what they do: pairs of keys, as they are written on the keyboard, and words."""

    where: Any
    acts: tuple[tuple[tuple[Any, ...], Any], ...]
    is_for_police: bool = False


KEYS = (
    Keys(
        _l("On every page"),
        (
            (("Tab",), _l("to the next link, field or button; with Shift to the one before")),
            (("Enter",), _l("opens a link, presses a button, sends a form")),
            ((_l("Space bar"),), _l("ticks a box, opens a list, presses a button")),
            (("?",), _l("shows these keys")),
            (("Esc",), _l("closes what is open above the page")),
        ),
    ),
    Keys(
        _l("On a map"),
        (
            (("←", "→", "↑", "↓"), _l("move the map")),
            (("+", "−"), _l("closer, and further away")),
            (("Enter",), _l("marks the place under the cross")),
            (("Backspace",), _l("takes the last mark back")),
        ),
    ),
    Keys(
        _l("Screening of reports"),
        ((("1", "2", "3", "4", "5"), _l("press the button with this digit, while a report has the focus")),),
        is_for_police=True,
    ),
    Keys(
        _l("Statements of a debate"),
        (
            (("Enter",), _l("saves the statement and begins the next one; with Shift a new line")),
            (("↓",), _l("to the places and categories that were recognised; Enter takes one, Esc leads back")),
        ),
        is_for_police=True,
    ),
    Keys(
        _l("Typing in sheets"),
        ((("Enter",), _l("to the next field; behind the last mark to the button that saves")),),
        is_for_police=True,
    ),
)
