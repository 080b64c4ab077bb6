"""The threats of a list as the server draws them: for readers without scripts, for print, for old phones."""

from collections.abc import Sequence

from flask_babel import gettext as _

from consult.districts import drawing
from consult.documents.marks import MARKS
from consult.documents.svg_map import Symbol, View
from consult.threats.models import Threat
from consult.threats.wording import STATUS_LABELS, STATUS_MARKS


def drawing_of(threats: Sequence[Threat], district: str | None) -> str:
    """Draw threats on the land of a district, or of all known ones, each by the mark of its status."""
    frame = drawing.frame(district, None)
    shown = [_symbol(threat) for threat in threats if not threat.is_whole_area and frame_holds(frame, threat)]
    return drawing.ground(frame, district, symbols=shown, title=_("Map of threats"))


def frame_holds(frame: View, threat: Threat) -> bool:
    """Tell whether a threat lies in the frame."""
    return frame.west <= threat.x <= frame.east and frame.south <= threat.y <= frame.north


def _symbol(threat: Threat) -> Symbol:
    mark = MARKS[STATUS_MARKS[threat.status]]
    return Symbol(threat.x, threat.y, mark, title=str(STATUS_LABELS[threat.status]), key=str(threat.id))
