"""Forms of requests, answers and promises. A field is named as its operation's parameter."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    RadioField,
    SelectField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from consult.clock import today
from consult.web.forms import Form, KeyedForm, NamesNobody
from debates import queries
from debates.forms.fields import (
    WebAddress,
    all_of,
    deadline_field,
    line_field,
    past_day_field,
    renew,
    text_field,
    version_field,
)
from debates.models import (
    AddresseeKind,
    Meeting,
    Proposal,
)
from debates.outcomes import WITHOUT_WORDS, ProposalStatus

NO_WORDS = _l("Write the answer: what was decided and why.")


def offered(meeting: Meeting, among: Iterable[Proposal] = ()) -> list[SelectChoice]:
    """List who may be asked at a meeting: the register's units and offices after the kinds of those it does not know.

    Whoever was asked already by one of `among` stays in the list.
    """
    known = queries.addressees(meeting, today())
    units, partners = {one.id: one for one in known.units}, {one.id: one for one in known.partners}
    for proposal in among:
        if proposal.addressee_unit:
            units.setdefault(proposal.addressee_unit.id, proposal.addressee_unit)
        if proposal.partner:
            partners.setdefault(proposal.partner.id, proposal.partner)
    groups = (
        *((kind.value, kind.label, _l("Named in words")) for kind in all_of(AddresseeKind)),
        *((f"unit:{one.id}", one.name, _l("Units of the police")) for one in units.values()),
        *((f"partner:{one.id}", one.name, _l("Offices of the register")) for one in partners.values()),
    )
    return [SelectChoice(code, words, optgroup=str(group)) for code, words, group in groups]


class ProposalForm(Form):
    """What was asked of whom by when."""

    text = text_field(
        _l("What is asked for"),
        DataRequired(_l("Write what is asked for.")),
        description=_l("Everybody will read it. Write no names."),
    )
    addressee = SelectField(_l("Who is asked"))
    addressee_name = line_field(
        _l("Name of the office"),
        description=_l("Only when it is not in the list, for example: Poviat Road Authority."),
    )
    due_on = deadline_field(_l("Answer expected by"))

    def offer(self, meeting: Meeting, proposal: Proposal | None = None) -> None:
        """Offer who may be asked."""
        self.addressee.choices = offered(meeting, [proposal] if proposal else [])


class CorrectedProposalForm(ProposalForm):
    """A request to correct, as its writer read it."""

    version = version_field()

    def begin_again(self, version: int) -> None:
        """Go on from the version that somebody else wrote meanwhile; the writer's own words stay."""
        renew(self.version, version)


class NewProposalForm(ProposalForm, KeyedForm):
    """A new proposal, saved once."""


class AnswerForm(KeyedForm):
    """What became of a proposal: saved once, as one more row of its history."""

    version = version_field()
    after = RadioField(
        _l("State"),
        [InputRequired(_l("Choose a state."))],
        choices=all_of(ProposalStatus),
        coerce=ProposalStatus,
    )
    answer = text_field(_l("Answer"), rows=5, description=_l("Everybody will read it. A refusal says why."))
    answered_by = line_field(
        _l("Who answered"),
        NamesNobody(),
        description=_l("The function or office, no name. For example: the mayor of the commune."),
    )
    answered_on = past_day_field(
        _l("Date of the answer"),
        Optional(),
        description=_l("Left empty, it is today; while the state stays the same, it stays as it was."),
    )
    passed_to = line_field(_l("Passed on to"), NamesNobody(), description=_l("Only when it was passed on: the office."))
    legal_basis = line_field(
        _l("Legal basis"),
        longest=300,
        description=_l("Only when it was passed on. For example: art. 243 of the Code of Administrative Procedure."),
    )
    evidence = text_field(_l("What shows it"), description=_l("For the police, until somebody publishes it."))
    evidence_url = line_field(
        _l("Link to what shows it"),
        WebAddress(),
        longest=500,
    )

    def validate_answer(self, field: Field) -> None:
        """Refuse a result without words."""
        if self.after.data not in WITHOUT_WORDS and not field.data:
            raise ValidationError(NO_WORDS)

    def validate_passed_to(self, field: Field) -> None:
        """Refuse a request that was passed on to nobody."""
        if self.after.data is ProposalStatus.HANDED_OVER and not field.data:
            raise ValidationError(_l("Write to whom it was passed on."))

    def begin_again(self, version: int) -> None:
        """Go on from the version that somebody else wrote meanwhile; the writer's own words stay."""
        renew(self.version, version)


class NewCommitmentForm(KeyedForm):
    """Who promised what by when, saved once."""

    who = line_field(
        _l("Who promised"),
        DataRequired(_l("Write who promised.")),
        NamesNobody(),
        description=_l("The function or office, no name. Everybody will read it."),
    )
    what = text_field(
        _l("What"),
        DataRequired(_l("Write what was promised.")),
        NamesNobody(),
        description=_l("Everybody will read it. Write no names."),
    )
    due_on = deadline_field(_l("By when"))


class OutcomeForm(KeyedForm):
    """What came of a promise: saved once, as one more row of its history."""

    version = version_field()
    kept_on = past_day_field(_l("Kept on"), Optional(), description=_l("Leave it empty when it was not kept."))
    outcome = text_field(
        _l("What came of it"),
        DataRequired(_l("Write what came of it.")),
        NamesNobody(),
        description=_l("Everybody will read it. Write no names."),
    )

    def begin_again(self, version: int) -> None:
        """Go on from what somebody else wrote meanwhile; the writer's own words stay."""
        renew(self.version, version)
