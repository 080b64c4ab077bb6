"""What the product keeps of people, set by set: under which law, what for, for how long; the privacy page tells it.

The days come from the rules that erase, so the page promises nothing else than what is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from consult.jobs.retention import Regime, Rule

LAWS: dict[Regime, Any] = {
    Regime.DODO: _l("DODO: the act of 14 December 2018 on personal data processed to prevent and fight crime"),
    Regime.RODO: _l("RODO: the General Data Protection Regulation (EU) 2016/679"),
}


@dataclass(frozen=True)
class DataSet:
    """A kind of data; `rules` are the codes of those that erase it, `otherwise` tells when the rest goes."""

    key: str
    name: Any
    regime: Regime
    kept: Any
    purpose: Any
    basis: Any
    rules: tuple[str, ...] = ()
    otherwise: Any = ""

    @property
    def law(self) -> Any:
        """The law that protects it, in words."""
        return LAWS[self.regime]


DATA_SETS = (
    DataSet(
        "reports",
        _l("Reports of threats"),
        Regime.DODO,
        _l(
            "Place, category and time of the threat; your description and photos if you add them. No name, no account, "
            "no network address. The public map shows category, place, time and state; nobody but the police reads "
            "the description. A key out of which nobody gets back to you lets voices from one browser count as one."
        ),
        _l("So that the police can check the threat and do something about it."),
        _l("A task of the police: recognising and preventing threats to public safety and order."),
        ("report_words", "report_files", "erasures"),
    ),
    DataSet(
        "letters",
        _l("E-mail address for letters about your report"),
        Regime.RODO,
        _l("The address, only if you ask for letters and confirm it."),
        _l("To write to you what becomes of your report."),
        _l("Your consent, art. 6 (1) (a). You take it back with the link in each letter."),
        otherwise=_l("Erased fourteen days after the police are done with the report, and after a year at the latest."),
    ),
    DataSet(
        "surveys",
        _l("Answers to surveys"),
        Regime.RODO,
        _l(
            "Your answers without your name. When the survey ends they are mixed, and from then on nobody can tell who "
            "gave which answer, not even from the invitations."
        ),
        _l("To learn how safe people feel and what they expect."),
        _l("A task in the public interest, art. 6 (1) (e)."),
        ("drafts",),
        _l("What was mixed belongs to no person any more and stays as statistics."),
    ),
    DataSet(
        "paper",
        _l("Paper sheets with a map, from debates"),
        Regime.DODO,
        _l(
            "What you marked and answered on the sheet, and a picture of it. The sheet has a number and asks "
            "for no name."
        ),
        _l("So that voices on paper count as those sent over the network."),
        _l("A task of the police: recognising and preventing threats to public safety and order."),
        ("scans",),
    ),
    DataSet(
        "debates",
        _l("Minutes of debates"),
        Regime.RODO,
        _l("What was said, without names of residents; people in office stand there by their function."),
        _l("So that what was asked for is answered, and everybody can see what became of it."),
        _l("A duty and a task in the public interest, art. 6 (1) (c) and (e)."),
        otherwise=_l("Kept as long as the police's rules on records say for the meeting."),
    ),
    DataSet(
        "opinions",
        _l("Opinions about this service"),
        Regime.RODO,
        _l("Your rating and words, and the page they are about. No name and no address."),
        _l("To make the service better and to tell you what was changed."),
        _l("A task in the public interest, art. 6 (1) (e)."),
        otherwise=_l("They bear no name and stay."),
    ),
    DataSet(
        "accounts",
        _l("Accounts of police officers and staff"),
        Regime.RODO,
        _l("Function, unit and work e-mail address; who did what in the service, and when."),
        _l("To give the right people access and to be able to check what they did."),
        _l("A task in the public interest, art. 6 (1) (e)."),
        ("left_accounts", "tasks"),
    ),
    DataSet(
        "limits",
        _l("Protection against misuse"),
        Regime.RODO,
        _l(
            "How often one network sent something today, under a key that is destroyed at the end of the day. "
            "The address itself is not kept."
        ),
        _l("So that nobody floods the service or guesses passwords."),
        _l("A task in the public interest, art. 6 (1) (e)."),
        otherwise=_l("Erased at the end of the day."),
    ),
)


def terms_of(data_set: DataSet, rules: Iterable[Rule]) -> list[str]:
    """Tell in sentences how long a set is kept: by each rule that erases of it, then what else there is to say."""
    days = {rule.code: rule.days() for rule in rules}
    sentences = [_sentence(code, days[code]) for code in data_set.rules]
    return sentences + ([str(data_set.otherwise)] if data_set.otherwise else [])


def _sentence(code: str, days: int) -> str:
    told = {
        "report_words": ngettext(
            "The description is erased %(num)d day after the threat is closed.",
            "The description is erased %(num)d days after the threat is closed.",
            days,
        ),
        "report_files": ngettext(
            "Photos and files are erased %(num)d day after the threat is closed.",
            "Photos and files are erased %(num)d days after the threat is closed.",
            days,
        ),
        "erasures": ngettext(
            "If you take it back, a key without any words stays for %(num)d day, so that no backup brings it back.",
            "If you take it back, a key without any words stays for %(num)d days, so that no backup brings it back.",
            days,
        ),
        "scans": ngettext(
            "The picture of the sheet is erased %(num)d day after the collection ends.",
            "The picture of the sheet is erased %(num)d days after the collection ends.",
            days,
        ),
        "drafts": ngettext(
            "Answers that you put aside are erased after %(num)d day.",
            "Answers that you put aside are erased after %(num)d days.",
            days,
        ),
        "left_accounts": ngettext(
            "Erased %(num)d day after somebody leaves; the record of what was done stays.",
            "Erased %(num)d days after somebody leaves; the record of what was done stays.",
            days,
        ),
        "tasks": ngettext(
            "What somebody had done in the background is forgotten %(num)d day after it ended.",
            "What somebody had done in the background is forgotten %(num)d days after it ended.",
            days,
        ),
    }
    return told[code]


def in_short() -> list[str]:
    """What matters most, for whoever reads no further."""
    return [
        _("You need no account and give no name."),
        _("Your network address is not kept, and your browser asks no other company's server for anything."),
        _(
            "There are two cookies: one holds your language, the other belongs to the form you are filling in and lets "
            "voices from one browser count as one. Nobody follows you with them."
        ),
        _("Everything is decided by people: no program decides anything about you."),
    ]
