"""Learning the rule of joining from the voices that stand here, and keeping it: `flask threats fit`."""

from dataclasses import asdict

from consult.audit import operations as audit
from consult.audit.operations import MACHINE
from consult.clock import now
from consult.db import db
from consult.observations import queries as observations
from consult.threats import fitting, queries
from consult.threats.columns import voices_of
from consult.threats.models import FittedRule
from consult.threats.rule import Rule, kinds_of, named


def learn() -> FittedRule:
    """Learn weights and accuracies from all standing voices, without keeping them; raise TooFewPairs or DoesNotHold.

    What the rule said before does not matter: places count as exact as they claim to be, and the same voices give the
    same rule.
    """
    table = queries.standing_voices()
    drawn = table.id[table.extent_m > 0].tolist()
    voices = voices_of(table, queries.radii(), observations.places_of(drawn))
    kinds = kinds_of(table)
    found = fitting.fit(voices, kinds)
    names = named(kinds)
    accuracies = {names[kind]: metres for kind, metres in sorted(found.accuracies.items())}
    return FittedRule(
        fitted_at=now(),
        digest=Rule(found.weights, accuracies=accuracies).digest,
        weights=found.weights.record,
        accuracies=accuracies,
        share=found.share,
        voices=found.voices,
        pairs=found.pairs,
        controls=found.controls,
        calibration=[asdict(bar) for bar in found.calibration],
        kept=[kind.value for kind in found.kept],
    )


def keep(learnt: FittedRule) -> bool:
    """Put a learnt rule into force for the next joining; False when the one in force says the same."""
    known = queries.fitted_rule()
    if known is not None and known.digest == learnt.digest:
        return False
    db.session.add(learnt)
    db.session.flush()  # the trail names its number
    audit.note(MACHINE, "fit", "fitted_rule", learnt.id, digest=learnt.digest)
    return True
