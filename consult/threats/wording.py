"""The heart in words: states, planes, and the reasons of a link as a person reads them."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.observations.models import Observation
from consult.threats.awaiting import PartnerOutcome
from consult.threats.checking import Finding, Missing, Pattern
from consult.threats.deadlines import Deadline, Step, Urgency
from consult.threats.judging import CUTS, NEVER_COMPARED, Stratum
from consult.threats.linking import DAY_CUTS, DISTANCE_CUTS, TEXT_CUTS, Evidence, Reason, Weights
from consult.threats.models import HandOver, Likeness, PartnerAnswer, Undoing
from consult.threats.workflow import Status
from consult.web.languages import day
from consult.web.time_fields import times_in_words, weekdays_in_words

STATUS_LABELS = {
    Status.NEW: _l("New"),
    Status.IN_VERIFICATION: _l("In verification"),
    Status.CONFIRMED: _l("Confirmed"),
    Status.ELIMINATED: _l("Confirmed, eliminated"),
    Status.HANDED_OVER: _l("Confirmed, handed over"),
    Status.NOT_CONFIRMED: _l("Not confirmed"),
    Status.JOKE: _l("Joke or mistake"),
}
STATUS_MARKS = {
    Status.NEW: "new",
    Status.IN_VERIFICATION: "checking",
    Status.CONFIRMED: "confirmed",
    Status.ELIMINATED: "eliminated",
    Status.HANDED_OVER: "passed_on",
    Status.NOT_CONFIRMED: "unconfirmed",
    Status.JOKE: "joke",
}
"""The mark of each state, as `documents.marks` draws it."""

PLANE_LABELS = {
    "police_records": _l("police records"),
    "direct_contact": _l("debates, meetings and talks"),
    "online": _l("online reports"),
}
FAULTS = {
    "not_allowed": _l("This change of status is not possible now. Refresh the page and choose again."),
    "no_reason": _l("Write what was found and done; residents will read it."),
    "no_checks": _l("The threat cannot be called not confirmed yet."),
}
FINDING_LABELS = {
    Finding.SEEN: _l("Seen: the threat was there"),
    Finding.NOT_SEEN: _l("Not seen: nothing was found"),
    Finding.NOT_CHECKED: _l("Could not be checked"),
}
URGENCY_LABELS = {
    Urgency.ALARM: _l("far overdue"),
    Urgency.OVERDUE: _l("overdue"),
    Urgency.TODAY: _l("due today"),
    Urgency.LATER: _l("in time"),
}
UNDOING_LABELS = {
    Undoing.RESTORED: _l("has its earlier category again"),
    Undoing.RENAMED: _l("left: somebody chose another category since"),
    Undoing.VOICES: _l("left: voices were added or taken out since"),
    Undoing.ANSWERED: _l("left: somebody worked on it since"),
    Undoing.OUTSIDE: _l("left: it lies outside your area"),
}
CHECK_FAULTS = {
    "future": _l("The check lies in the future. Enter the day and time when somebody was there."),
    "too_early": _l("The check was made before anybody spoke of the threat. Correct the day."),
}

LIKENESS_LABELS = {
    Likeness.SAME: _l("The same threat"),
    Likeness.DIFFERENT: _l("Two different threats"),
    Likeness.UNCLEAR: _l("It cannot be told"),
}
LIKENESS_HINTS = {
    Likeness.SAME: _l("One check on the spot would answer both."),
    Likeness.DIFFERENT: _l("Each needs a check of its own."),
    Likeness.UNCLEAR: _l("What is known does not suffice. Such pairs are left out and counted."),
}
OUTCOME_LABELS = {
    PartnerOutcome.DONE: _l("Done"),
    PartnerOutcome.WILL_BE_DONE: _l("Will be done by a day"),
    PartnerOutcome.REFUSED: _l("Refused, with reasons"),
    PartnerOutcome.PASSED_ON: _l("Passed on to another office"),
    PartnerOutcome.NOT_THEIRS: _l("Not theirs to do"),
}
ANSWER_FAULTS = {
    "future": _l("The answer lies in the future. Enter the day on which it came."),
    "too_early": _l("The answer came before the threat was handed over. Correct the day."),
    "no_day": _l("Enter the day by which it will be done."),
    "past_day": _l("The promised day lies before the answer. Correct one of them."),
    "nobody": _l("Write to whom it was passed on."),
}


def handed_in_words(hand_over: HandOver) -> str:
    """Say to whom a threat was handed over, and by when an answer is awaited if it still is."""
    said = _("Handed over to: %(office)s.", office=hand_over.addressee)
    if hand_over.answers or hand_over.awaited_on is None:
        return said
    return f"{said} {_('An answer is expected by %(day)s.', day=day(hand_over.expected_on))}"


def answer_in_words(answer: PartnerAnswer) -> str:
    """Say in one sentence what an office answered."""
    office = answer.hand_over.addressee
    said = {
        PartnerOutcome.DONE: lambda: _("%(office)s answered: it is done.", office=office),
        PartnerOutcome.WILL_BE_DONE: lambda: _(
            "%(office)s answered: it will be done by %(day)s.", office=office, day=day(answer.done_by)
        ),
        PartnerOutcome.REFUSED: lambda: _("%(office)s answered: it will not be done.", office=office),
        PartnerOutcome.PASSED_ON: lambda: _(
            "%(office)s answered: passed on to %(other)s.", office=office, other=answer.passed_to
        ),
        PartnerOutcome.NOT_THEIRS: lambda: _("%(office)s answered: this is not theirs to do.", office=office),
    }
    return str(said[answer.outcome]())


def missing_in_words(missing: Missing) -> list[str]:
    """Say what a threat still needs before it may be called not confirmed; nothing when it may be."""
    if missing.was_seen:
        return [_("A check saw it, so it cannot be called not confirmed.")]
    if missing.nothing:
        return []
    count = ngettext("%(num)s more check that finds nothing", "%(num)s more checks that find nothing", missing.checks)
    parts = [str(count)]
    if missing.another_day:
        parts.append(_("made on at least two days"))
    if missing.at_time:
        parts.append(_("one of them when people see it: %(time)s", time=_either(missing.at_time)))
    said = [_("Before it can be called not confirmed: %(parts)s.", parts=", ".join(parts))]
    return said if missing.is_told else [*said, _("Nobody said at what time it happens, so any time of day counts.")]


def deadline_in_words(deadline: Deadline, today: date) -> str:
    """Say by when the next step is due, and how that stands today."""
    due = day(deadline.due_on)
    said = _("Take up by %(day)s", day=due) if deadline.step is Step.TAKE_UP else _("Check by %(day)s", day=due)
    urgency = deadline.urgency(today)
    return said if urgency is Urgency.LATER else f"{said}: {URGENCY_LABELS[urgency]}"


def _either(patterns: Sequence[Pattern]) -> str:
    return _(" or ").join(pattern_in_words(pattern) for pattern in patterns)


def pattern_in_words(pattern: Pattern) -> str:
    """Say when people see a threat."""
    return ", ".join(filter(None, (weekdays_in_words(pattern.weekdays), times_in_words(pattern.times_of_day))))


def reasons_in_words(records: list[dict[str, Any]]) -> list[str]:
    """Put the reasons of a link into phrases, the weightiest first."""
    return [phrase for phrase in (_phrase(Reason.from_record(record)) for record in records) if phrase]


def _phrase(reason: Reason) -> str:
    words = {
        Evidence.DISTANCE: _distance,
        Evidence.TIME: _time,
        Evidence.CATEGORY: _category,
        Evidence.TEXT: _text,
        Evidence.STREET: _street,
        Evidence.PATTERN: _pattern,
    }
    return words[reason.kind](reason)


def _distance(reason: Reason) -> str:
    metres = round(reason.value or 0)
    if metres < 10:
        return _("the same spot")
    if metres >= 1000:
        return _("%(distance)s km away", distance=format_decimal(round(metres / 1000, 1)))
    return _("%(distance)s m away", distance=format_decimal(metres))


def _time(reason: Reason) -> str:
    days = round(reason.value or 0)
    if days == 0:
        return _("at the same time")
    return str(ngettext("%(num)s day apart", "%(num)s days apart", days))


def _category(reason: Reason) -> str:
    return _("the same category") if reason.speaks_for else _("a related category")


def _text(reason: Reason) -> str:
    return _("described with similar words") if reason.speaks_for else _("described with other words")


def _street(reason: Reason) -> str:
    return _("the same street named") if reason.speaks_for else _("another street named")


def _pattern(reason: Reason) -> str:
    return _("the same days or time of day") if reason.speaks_for else _("other days or time of day")


class Agreement(NamedTuple):
    """A level of agreement in words, and how many times more likely it makes one threat; under 1 it speaks against."""

    evidence: Evidence
    label: str
    times: float


EVIDENCE_LABELS = {
    Evidence.DISTANCE: _l("Distance, measured in how exact both places are"),
    Evidence.TIME: _l("Time between them"),
    Evidence.CATEGORY: _l("Category"),
    Evidence.TEXT: _l("Words in common"),
    Evidence.STREET: _l("Street that both name"),
    Evidence.PATTERN: _l("Days and time of day"),
}


def weights_in_words(weights: Weights) -> dict[str, list[Agreement]]:
    """Say for every level of agreement what it is worth, under the name of its kind of evidence."""
    return {
        str(EVIDENCE_LABELS[kind]): [
            Agreement(kind, label, 2 ** weights.of(kind)[level]) for level, label in enumerate(_levels_of(kind))
        ]
        for kind in Evidence
    }


def _levels_of(kind: Evidence) -> list[str]:
    """Name the levels of one kind of evidence, the one that speaks most for one threat first."""
    if kind is Evidence.DISTANCE:
        cuts = [_("up to %(times)s times", times=format_decimal(cut)) for cut in DISTANCE_CUTS]
        return [*cuts, _("further")]
    if kind is Evidence.TIME:
        return [*(str(ngettext("up to %(num)s day", "up to %(num)s days", int(cut))) for cut in DAY_CUTS), _("more")]
    if kind is Evidence.TEXT:
        shares = [_("at least %(share)s %%", share=round(100 * cut)) for cut in TEXT_CUTS]
        return [*shares, _("less")]
    return [_("the same"), _("another")] if kind is not Evidence.PATTERN else [_("they meet"), _("they differ")]


class Accuracy(NamedTuple):
    """How exact one kind of place has proved to be, in metres."""

    plane: str
    claimed_below_m: int
    proved_m: float


def accuracies_in_words(accuracies: Mapping[str, float]) -> list[Accuracy]:
    """Name each kind of place by its plane and what it claims, the most exact first."""
    named = ((kind.split(), metres) for kind, metres in accuracies.items())
    found = [Accuracy(str(PLANE_LABELS[plane]), int(below), metres) for (plane, below), metres in named]
    return sorted(found, key=lambda one: one.proved_m)


def likely_in_words(score: float) -> str:
    """Say a score as a person reads it, never quite certain."""
    return _("%(share)s %% likely the same threat", share=min(max(round(100 * score), 1), 99))


def bar_in_words(stratum: Stratum) -> str:
    """Name the scores of a stratum."""
    if stratum.bar == NEVER_COMPARED:
        return _("too far apart for the rule to compare")
    edges = (0.0, *CUTS, 1.0)
    return _(
        "%(low)s to %(high)s %% likely", low=round(100 * edges[stratum.bar]), high=round(100 * edges[stratum.bar + 1])
    )


def apart_in_words(one: Observation, other: Observation) -> list[str]:
    """Say how far apart two voices are, in metres and in days, and how exact their places claim to be."""
    metres = round(math.hypot(one.x - other.x, one.y - other.y))
    away = _("%(distance)s m from each other", distance=format_decimal(metres))
    days = max(one.observed_from - other.observed_to, other.observed_from - one.observed_to, timedelta(0))
    exact = [format_decimal(round(voice.accuracy_m)) for voice in (one, other)]
    return [
        away,
        _time(Reason(Evidence.TIME, 0, days / timedelta(days=1), 0.0)),
        _("place of A exact to about %(a)s m, of B to about %(b)s m", a=exact[0], b=exact[1]),
    ]


def times_of_voice_in_words(voice: Observation) -> str:
    """Say on which days of the week and at what time of day a voice sees it; nothing where it does not say."""
    return pattern_in_words(Pattern(voice.times_of_day, voice.weekdays))


def observed_in_words(count: int) -> str:
    """Say how many observations a mark of the map counts together."""
    return str(ngettext("%(num)s observation", "%(num)s observations", count))


def together_in_words(count: int) -> str:
    """Say how many threats a mark of the map counts together."""
    words = ngettext("%(num)d threat in this part of the map", "%(num)d threats in this part of the map", count)
    return str(words)
