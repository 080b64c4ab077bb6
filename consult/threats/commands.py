"""`flask threats …`: joining anew, learning the rule of joining, and trying it on threats that are known."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from consult.db import transaction
from consult.districts import queries as districts
from consult.observations import counting
from consult.threats import (
    evaluation,
    joining,
    learning,
    planted_file,
    releasing_commands,  # noqa: F401  # it hangs its command on `flask releases`
    trying,
)
from consult.threats.evaluation import Evaluation
from consult.threats.fitting import ENOUGH, DoesNotHold, TooFewPairs
from consult.threats.linking import Thresholds
from consult.threats.models import FittedRule
from consult.threats.planted_file import FileRefused

PREVIEWED = ("voices", "threats", "threats_then", "moved", "joined_pairs", "parted_pairs", "asked", "asked_then")

cli = AppGroup("threats", help="Threats: joining the observations that speak of the same thing.")


@cli.command("join")
@click.option("--district", metavar="CODE", help="TERYT code of one district (four digits).")
@click.option("--all", "everything", is_flag=True, help="The whole country.")
def join(district: str | None, *, everything: bool) -> None:
    """Join all observations anew; people's decisions hold, and a second run changes nothing."""
    if (district is None) == (not everything):
        raise click.UsageError("Say --district CODE or --all.")
    if district is not None and not (len(district) == 4 and district.isdigit()):
        click.echo("--district: a TERYT code of four digits is needed, for example 1003", err=True)
        sys.exit(1)
    with transaction():
        joined = joining.join(district)
    counts = {"observations": joined.observations, "threats": joined.threats, "suggested": joined.suggested}
    click.echo(json.dumps(counts))


@cli.command("preview")
@click.option("--link", type=click.FloatRange(0, 1, min_open=True), required=True, help="Join from this score on.")
@click.option("--suggest", type=click.FloatRange(0, 1, min_open=True), required=True, help="Ask from this score on.")
@click.option("--district", metavar="CODE", help="TERYT code of one district (four digits); without it, everything.")
def preview(link: float, suggest: float, district: str | None) -> None:
    """Tell what other thresholds of joining would change; nothing is written."""
    if suggest > link:
        raise click.UsageError("--suggest must not be more than --link.")
    areas = [district] if district else [area.code for area in districts.districts()]
    found = trying.preview(areas, Thresholds(link, suggest), None)
    facts = asdict(found)
    click.echo(json.dumps({name: facts[name] for name in PREVIEWED}))


@cli.command("pyramid")
@click.option("--check", is_flag=True, help="Change nothing, only say how many counts are wrong.")
def pyramid(*, check: bool) -> None:
    """Count the voices by cells of the staff's map anew. They are kept current; this is for when they are not.

    Whoever writes waits meanwhile. With --check the exit code is 1 when something differs.
    """
    if not check:
        with transaction():
            click.echo(json.dumps({"cells": counting.rebuild()}))
        return
    with transaction():
        counts = {"cells": counting.size(), "differences": counting.differences()}
    click.echo(json.dumps(counts))
    sys.exit(1 if counts["differences"] else 0)


@cli.command("fit")
@click.option("--dry-run", is_flag=True, help="Learn and show, keep nothing.")
@click.option("--quiet", is_flag=True, help="Only the last line.")
def fit(*, dry_run: bool, quiet: bool) -> None:
    """Learn the rule of joining from the observations that stand here; nobody has to judge pairs for it.

    The rule holds from the next `flask threats join` on, for new observations at once. With too few observations the
    one in force stays.
    """
    try:
        with transaction():
            learnt = learning.learn()
            if not quiet:
                _show(learnt)
            is_new = not dry_run and learning.keep(learnt)
            said = _said(learnt, is_new=is_new)
    except TooFewPairs as few:
        click.echo(
            f"Too few observations to learn from: {few.near} near pairs and {few.unrelated} pairs a season apart, "
            f"{ENOUGH} of each are needed. The rule in force stays.",
            err=True,
        )
        sys.exit(1)
    except DoesNotHold as off:
        click.echo(
            f"These observations do not tell: {off.share:.0%} of the near pairs would speak of one threat, and scores "
            f"would be off by {off.error:.0%} on average. Where most troubles go on for months, pairs a season apart "
            f"are no control. The rule in force stays.",
            err=True,
        )
        sys.exit(1)
    click.echo(said)


def _said(learnt: FittedRule, *, is_new: bool) -> str:
    counts = {name: getattr(learnt, name) for name in ("voices", "pairs", "controls", "digest")}
    return json.dumps({**counts, "share": round(learnt.share, 4), "new": is_new})


def _show(learnt: FittedRule) -> None:
    for kind, metres in learnt.accuracies.items():
        click.echo(f"{kind}: exact to {metres:g} m")
    _curve([(bar["said"], bar["found"], bar["pairs"]) for bar in learnt.calibration])


def _curve(bars: list[tuple[float, float, int]]) -> None:
    click.echo(f"{'said':>6} {'came':>6} {'pairs':>10}")
    for said, found, pairs in bars:
        click.echo(f"{said:6.2f} {found:6.2f} {pairs:10,}")


@cli.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def evaluate(file: Path) -> None:
    """Join the voices of a FILE whose true threats are known, and tell how well it went.

    CSV, also packed with gzip, with the columns id, lon, lat, observed_at, category, category_group, source, text and
    truth. The rule is learnt from the file without looking at `truth`. Nothing is written.
    """
    try:
        planted = planted_file.read(file)
    except FileRefused as refused:
        click.echo(f"{file.name}: {refused}", err=True)
        sys.exit(1)
    found = evaluation.evaluate(planted.voices, planted.source, planted.truth)
    for number, metres in found.accuracies.items():
        click.echo(f"{planted.sources[number]}: exact to {metres:g} m")
    _curve([(bar.said, bar.found, bar.pairs) for bar in found.curve])
    plain = found.plain
    click.echo(f"best plain rule: same category within {plain.metres:g} m and {plain.days:g} days, F1 {plain.f1:.4f}")
    click.echo(json.dumps(_figures(found, len(planted.voices))))


def _figures(found: Evaluation, records: int) -> dict[str, float | int | bool]:
    quality = found.quality
    return {
        "records": records,
        "pair_precision": round(quality.precision, 4),
        "pair_recall": round(quality.recall, 4),
        "pair_f1": round(quality.f1, 4),
        "b3_f1": round(quality.b3_f1, 4),
        "calibration_error": round(evaluation.calibration_error(found.curve), 4),
        "clusters": quality.clusters,
        "truth_clusters": quality.truth_clusters,
        "cpu_s": round(found.cpu_s, 3),
        "floor_cpu_s": round(found.floor_cpu_s, 3),
        "peak_rss_mb": round(found.peak_rss_mb),
        "fitted": found.is_fitted,
        "fit_cpu_s": round(found.fit_cpu_s, 3),
        "plain_rule_f1": round(found.plain.f1, 4),
    }
