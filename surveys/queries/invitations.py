"""How many were invited and how many of them answered, by area; never who."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Integer, cast, func, select

from consult.clock import now
from consult.db import db
from consult.districts import queries as districts
from surveys import codes
from surveys.addressees import Communes, communes_by_name
from surveys.models import Access, Invitation, Survey
from surveys.queries import surveys as queries

FEWEST_TO_SHOW = 10
"""An area with fewer invitations is not shown by itself: "one of two has answered" is as good as a name."""


@dataclass(frozen=True)
class Turnout:
    """Invitations of one area, or of several shown together."""

    invited: int
    answered: int
    area_codes: tuple[str, ...] = ()

    def __add__(self, other: "Turnout") -> "Turnout":
        """Show two together."""
        both = (*self.area_codes, *other.area_codes)
        return Turnout(self.invited + other.invited, self.answered + other.answered, both)


def kept(code: str) -> str:
    """Give what is kept of an invitation's code."""
    return codes.hmac_of(code, str(current_app.config["SECRET_KEY"]), codes.INVITATIONS)


def turnout(survey: Survey) -> list[Turnout]:
    """Count by area, small areas together and last; the area "" holds invitations without one."""
    used = func.coalesce(func.sum(cast(Invitation.is_used, Integer)), 0)
    counted = select(Invitation.area_code, func.count(), used).where(Invitation.survey_id == survey.id)
    rows = db.session.execute(counted.group_by(Invitation.area_code)).all()
    return shown_together([Turnout(invited, answered, (code,)) for code, invited, answered in rows])


def shown_together(areas: Sequence[Turnout]) -> list[Turnout]:
    """Put areas that are too small to show into one, and the next small one with them until that is large enough.

    Otherwise the total less the others would give back what is hidden.
    """
    by_size = sorted(areas, key=lambda area: (area.invited, area.area_codes))
    together = Turnout(0, 0)
    while by_size and (by_size[0].invited < FEWEST_TO_SHOW or 0 < together.invited < FEWEST_TO_SHOW):
        together += by_size.pop(0)
    shown = sorted(by_size, key=lambda area: area.area_codes)
    return [*shown, together] if together.invited else shown


def total(areas: Sequence[Turnout]) -> Turnout:
    """Add areas up."""
    return sum(areas, Turnout(0, 0))


def unused(survey: Survey) -> int:
    """Count the invitations that nobody has answered with."""
    chosen = select(func.count()).where(Invitation.survey_id == survey.id, Invitation.is_used.is_(False))
    return db.session.scalar(chosen) or 0


def takes_invitations(survey: Survey) -> bool:
    """Tell whether letters can be sent: only invited people may answer, and there is something to answer."""
    return survey.access is Access.INVITATION and survey.published is not None and not survey.has_closed_at(now())


def communes(survey: Survey) -> Communes:
    """Know the communes of the survey's areas by code and name, as a list of addresses gives them."""
    return communes_by_name(areas(survey))


def areas(survey: Survey) -> list[tuple[str, str]]:
    """List the communes of the survey's areas with their names; all communes when it is about no area."""
    wanted = queries.areas_of(survey)
    found = [region for region in districts.communes() if not wanted or region.code.startswith(wanted)]
    return [(region.code, region.name) for region in found]


def names(codes_of_areas: Sequence[str]) -> Mapping[str, str]:
    """Name communes in full by their codes."""
    return districts.names([code for code in codes_of_areas if code])
