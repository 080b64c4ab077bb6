"""The rule of joining: learnt from the voices that stand here, kept, used by what follows, and shown to staff."""

import json
import random
from datetime import timedelta

import pytest

from consult.clock import now
from consult.db import db
from consult.threats import fitting, joining, learning, operations, queries
from consult.threats.fitting import TooFewPairs
from consult.threats.linking import DEFAULT_WEIGHTS
from consult.threats.models import FittedRule
from consult.threats.rule import DEFAULT_RULE
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.factories import admit, days_later, metres_away, voice
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def half_a_year_of_voices(world, monkeypatch):
    """Spots with three voices within days, and others where another thing happened months later."""
    monkeypatch.setattr(fitting, "ENOUGH", 50)
    monkeypatch.setattr(fitting, "FEW", 20)
    dice = random.Random(11)
    voices = []
    for spot in range(520):
        east, north = dice.uniform(-14_000, 9_000), dice.uniform(-18_000, 18_000)
        first = dice.uniform(0, 250)
        for days in (0, dice.uniform(0, 12), dice.uniform(0, 12)) if spot < 190 else (0, dice.uniform(50, 250)):
            voices.append(
                voice(
                    at=metres_away(east + dice.gauss(0, 45), north + dice.gauss(0, 45)),
                    when=days_later(first + days - 520),
                    text="auta na chodniku koło sklepu" if dice.random() < 0.5 else "",
                    key=f"v{len(voices)}",
                )
            )
    operations.admit_many(voices)
    db.session.commit()


def kept():
    learnt = learning.learn()
    assert learning.keep(learnt)
    return learnt


def told(app, *args):
    return app.test_cli_runner().invoke(args=["threats", "fit", *args])


def test_without_a_learnt_rule_the_one_of_the_product_is_in_force():
    assert queries.rule() is DEFAULT_RULE
    assert not DEFAULT_RULE.is_fitted


def test_too_few_voices_teach_nothing(app):
    admit()
    with pytest.raises(TooFewPairs):
        learning.learn()
    result = told(app)
    assert result.exit_code == 1
    assert "Too few observations to learn from: 0 near pairs" in result.stderr
    assert queries.fitted_rule() is None


@pytest.mark.usefixtures("half_a_year_of_voices")
def test_what_was_learnt_is_used_by_every_joining_that_follows():
    learnt = kept()
    rule = queries.rule()
    assert rule.digest == learnt.digest != DEFAULT_RULE.digest
    assert rule.is_fitted
    assert rule.accuracies == {"online 40": pytest.approx(45, rel=0.3)}
    joining.join()
    run = queries.join_runs(1)[0]
    assert run.weights_digest == learnt.digest
    weights = {
        reason["weight"]
        for link in db.session.scalars(db.select(queries.Link).limit(200))
        for reason in link.reasons
        if reason["kind"] == "distance"
    }
    assert weights <= set(rule.weights.distance)
    assert not weights <= set(DEFAULT_WEIGHTS.distance)


def test_a_voice_alone_is_admitted_by_the_learnt_rule():
    first = admit(when=now() - timedelta(days=20))
    db.session.add(rule_that_joins_everything())
    db.session.flush()
    second = admit(at=metres_away(0, 100), when=now())
    assert queries.of_observation(first).id == queries.of_observation(second).id


def rule_that_joins_everything():
    """A rule under which even what lies far apart is one threat."""
    weights = DEFAULT_WEIGHTS.record | {"prior": 20.0}
    return FittedRule(
        fitted_at=now() - timedelta(days=1), digest="every", weights=weights, accuracies={}, share=0.5, voices=1,
        pairs=1, controls=1, calibration=[{"said": 0.92, "found": 0.9, "pairs": 1200}], kept=["pattern"],
    )  # fmt: skip


@pytest.mark.usefixtures("half_a_year_of_voices")
def test_the_command_shows_what_it_learnt_and_a_dry_run_keeps_nothing(app):
    dry = told(app, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "online 40: exact to" in dry.stdout
    assert json.loads(dry.stdout.splitlines()[-1])["new"] is False
    assert queries.fitted_rule() is None
    kept_now = told(app, "--quiet")
    said = json.loads(kept_now.stdout)
    assert said["new"] is True
    assert said["digest"] == queries.fitted_rule().digest
    assert json.loads(told(app, "--quiet").stdout)["new"] is False


def test_staff_read_what_the_rule_of_the_product_says_and_does_not_know(client):
    sign_in(client, officer(unit("1003")))
    page = Page(client, "/threats/joining-rule")
    assert "Jeszcze niczego się tu nie nauczono" in page.text
    assert "nie podają procentów" in page.text
    assert client.get("/threats/joining-rule.svg").mimetype == "image/svg+xml"


@pytest.mark.parametrize("reader", [lambda: officer(unit("1003")), lambda: head(unit("1003")), coordinator])
def test_staff_read_how_far_a_learnt_rule_may_be_trusted(client, reader):
    db.session.add(rule_that_joins_everything())
    joining.join()
    db.session.commit()
    sign_in(client, reader())
    page = Page(client, "/threats/joining-rule")
    table = page.soup.select_one("section[aria-labelledby=trust] table")
    assert [cell.text.strip() for cell in table.select("tbody tr > *")][:2] == ["92 %", "90 %"]
    assert "Za mało głosów o tym mówi" in page.text
    drawn = client.get("/threats/joining-rule.svg").text
    assert "92 %" in drawn
    assert "1 200" in drawn


def test_a_stranger_reads_neither(client):
    for page in ("/threats/joining-rule", "/threats/joining-rule.svg"):
        assert client.get(page).status_code in {302, 403}


def test_a_suggestion_says_how_likely_only_by_a_rule_learnt_before_it(client):
    one = admit(text="auta na chodniku", when=now() - timedelta(days=5))
    other = admit(at=metres_away(0, 40), text="samochody przy sklepie", when=now(), category="parkowanie")
    operations._suggest(other, operations.Placement("suggest", queries.of_observation(one).id, 0.917))
    db.session.commit()
    sign_in(client, officer(unit("1003")))
    assert "prawdopodobieństwo" not in Page(client, "/threats/suggestions").text
    db.session.add(rule_that_joins_everything())
    db.session.commit()
    assert "92\u00a0%" in Page(client, "/threats/suggestions").text
