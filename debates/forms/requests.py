"""Forms with a row for each request: whom it is asked of and by when, and what became of it. One save for all rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField
from wtforms.validators import Optional

from consult.web.forms import Form, KeyedForm, NamesNobody
from debates.forms.fields import all_of, deadline_field, line_field, past_day_field, text_field, version_field
from debates.forms.proposals import NO_WORDS, offered
from debates.models import Meeting, Proposal
from debates.outcomes import WITHOUT_WORDS, ProposalStatus


@dataclass(frozen=True)
class Row:
    """A request with its fields; `newer` when somebody else wrote since the writer read it."""

    proposal: Proposal
    fields: dict[str, Field]
    newer: bool = False


class RowsForm(Form):
    """What the forms with rows share: the fields of a request end in its number."""

    proposals: Sequence[Proposal] = ()
    names: tuple[str, ...] = ()
    newer: frozenset[int] = frozenset()

    @property
    def rows(self) -> list[Row]:
        """The requests with their fields, in their order."""
        return [Row(one, self._fields_of(one), one.id in self.newer) for one in self.proposals]

    def _fields_of(self, proposal: Proposal) -> dict[str, Field]:
        return {name: self[f"{name}_{proposal.id}"] for name in self.names}

    def said(self) -> Iterator[dict[str, Any]]:
        """Give what the writer filled in for each request, ready for the operation."""
        for row in self.rows:
            yield {"proposal": row.proposal} | {name: field.data for name, field in row.fields.items()}

    def begin_again(self, changed: Sequence[Proposal]) -> None:
        """Go on from what somebody else wrote meanwhile; the writer's own words stay."""
        self.newer = frozenset(one.id for one in changed)
        for one in changed:
            version = self[f"version_{one.id}"]
            version.data, version.raw_data = one.version, None


def asking_form(meeting: Meeting, proposals: Sequence[Proposal]) -> RowsForm:
    """Make the form of all requests of a meeting: who is asked, and by when an answer is expected."""
    choices = offered(meeting, proposals)
    fields: dict[str, Any] = {}
    for number, one in enumerate(proposals, 1):
        which = _("request %(number)s", number=number)
        fields |= {
            f"version_{one.id}": version_field(),
            f"addressee_{one.id}": SelectField(f"{_('Who is asked')}, {which}", choices=choices),
            f"addressee_name_{one.id}": line_field(f"{_('Name of the office')}, {which}"),
            f"due_on_{one.id}": deadline_field(f"{_('Answer expected by')}, {which}"),
        }
    names = ("version", "addressee", "addressee_name", "due_on")
    made = type("AskingForm", (RowsForm,), fields | {"proposals": proposals, "names": names})
    facts = {"addressee": "addressee_code"}
    return made(data=_data(proposals, names, facts))


class ReportingForm(RowsForm, KeyedForm):
    """What became of the requests that a debate takes over, and on which day the residents were told."""

    reported_on = past_day_field(
        _l("Told to the residents on"),
        Optional(),
        description=_l("The day of the debate. Leave it empty when you only prepare the answers."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether every field is right, and every result has its words."""
        is_right = super().validate(extra_validators)
        for row in self.rows:
            if row.fields["after"].data not in WITHOUT_WORDS and not row.fields["answer"].data:
                row.fields["answer"].errors = [NO_WORDS]
                is_right = False
        return is_right


def reporting_form(proposals: Sequence[Proposal], held_on: date | None) -> ReportingForm:
    """Make the form of all requests that a debate takes over."""
    states = all_of(ProposalStatus)
    fields: dict[str, Any] = {}
    for number, one in enumerate(proposals, 1):
        which = _("request %(number)s", number=number)
        by = line_field(f"{_('Who answered')}, {which}", NamesNobody())
        fields |= {
            f"version_{one.id}": version_field(),
            f"after_{one.id}": SelectField(f"{_('State')}, {which}", choices=states, coerce=ProposalStatus),
            f"answer_{one.id}": text_field(f"{_('Answer')}, {which}", rows=3),
            f"answered_by_{one.id}": by,
        }
    names = ("version", "after", "answer", "answered_by")
    made = type("TakenOverForm", (ReportingForm,), fields | {"proposals": proposals, "names": names})
    data = _data(proposals, names, {"after": "status"})
    for one in proposals:
        data[f"answered_by_{one.id}"] = one.newest.answered_by if one.newest else one.addressee_name
    return made(data=data | {"reported_on": held_on})


def _data(proposals: Sequence[Proposal], names: Sequence[str], facts: dict[str, str]) -> dict[str, Any]:
    return {f"{name}_{one.id}": getattr(one, facts.get(name, name), None) for one in proposals for name in names}
