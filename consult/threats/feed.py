"""The feed of an area: each public threat with its last news.

The same rule decides what stands here as on the map; of a threat nothing is said that its page does not say to all.
"""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from consult.clock import today
from consult.districts.atlas import Region
from consult.period import midnight
from consult.threats.models import Threat
from consult.threats.wording import STATUS_LABELS
from consult.web import atom
from consult.web.addresses import public_url
from consult.web.languages import day

MOST_ENTRIES = 50


def written(
    threats: Sequence[Threat], answers: Mapping[int, str], area: Region, own: Mapping[str, str], language: str
) -> bytes:
    """Write the feed of an area; `own` are the arguments of its address, `answers` the words of the police."""
    return atom.written(
        public_url("threats.feed", **own),
        _("Threats: %(area)s", area=area.label),
        public_url("threats.index", district=area.code[:4]),
        [_entry(threat, answers.get(threat.id, ""), area, language) for threat in threats],
        language=language,
        otherwise=midnight(today()),
    )


def _entry(threat: Threat, answer: str, area: Region, language: str) -> atom.Entry:
    """Say of one threat its kind and state, since when, and the last words of the police."""
    kind, state = threat.category.name(language), str(STATUS_LABELS[threat.status])
    since = _("%(area)s. %(state)s since %(day)s.", area=area.label, state=state, day=day(threat.status_at))
    return atom.Entry(
        address=public_url("threats.show", threat_id=threat.id),
        title=_("%(kind)s: %(state)s", kind=kind, state=state),
        updated=threat.status_at,
        published=threat.created_at,
        summary="\n".join(filter(None, (since, answer))),
        kind=(threat.category_code, kind),
    )
