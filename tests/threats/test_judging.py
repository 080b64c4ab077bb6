"""Pairs that people judge: drawn fairly, shown blind, and telling how true the joining is; thresholds tried first."""

import json
import uuid

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.audit.models import AuditEntry
from consult.db import _reads_only, db
from consult.jobs import working
from consult.jobs.models import Task, TaskState
from consult.threats import joining, judgements, judging, operations, queries, trying
from consult.threats.jobs import join_by_new_rule
from consult.threats.judgements import JudgedMeanwhile, NothingToJudge, TooManyVoices
from consult.threats.judging import NEVER_COMPARED, Answers, Stratum
from consult.threats.linking import DEFAULT_THRESHOLDS, Thresholds
from consult.threats.models import JudgedPair, JudgedSample, Likeness, Threat
from consult.threats.turns import KeyOfAnother
from consult.web.roles import Role
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.factories import admit, days_later, metres_away
from tests.pages import Page, check_page

EVERYWHERE = ("1003",)


# The rule of drawing and telling, without a database


def stratum(together, bar, pairs):
    return Stratum(together, bar, pairs)


def test_pairs_are_sorted_by_company_and_score():
    together = np.array([True, True, True, False, False])
    scores = np.array([0.95, np.nan, 0.55, 0.55, 0.1])
    strata, of = judging.sorted_out(together, scores)
    assert set(strata) == {
        stratum(True, 4, 1), stratum(True, NEVER_COMPARED, 1), stratum(True, 2, 1), stratum(False, 2, 1),
        stratum(False, 0, 1),
    }  # fmt: skip
    assert [strata[k].bar for k in of] == [4, NEVER_COMPARED, 2, 2, 0]
    assert [strata[k].is_together for k in of] == together.tolist()


def test_half_of_the_pairs_come_from_each_side_and_more_from_the_open_ones():
    strata = [stratum(True, 4, 1000), stratum(True, 2, 1000), stratum(False, 2, 1000), stratum(False, 0, 1000)]
    counts = judging.shared_out(strata, 100)
    assert sum(counts) == 100
    assert counts[0] + counts[1] == 50
    assert counts[1] > counts[0]
    assert counts[2] > counts[3]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(-1, 4), st.integers(1, 60)), min_size=1, max_size=8),
    st.integers(20, 200),
)
def test_never_more_are_drawn_than_there_are_nor_than_wanted(kinds, wanted):
    strata = [stratum(*kind) for kind in kinds]
    counts = judging.shared_out(strata, wanted)
    everything = sum(one.pairs for one in strata)
    assert all(0 < count <= one.pairs for count, one in zip(counts, strata, strict=True))
    assert min(everything, wanted) <= sum(counts) <= wanted + 3 * len(strata)


def test_every_pair_of_a_label_is_listed_once():
    labels = np.array([5, 7, 5, -1, 5, 7, 9, -1])
    one, other = judging.inside(labels)
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == [(0, 2), (0, 4), (1, 5), (2, 4)]


def test_shares_of_a_stratum_stand_for_all_its_pairs():
    answers = [
        Answers(stratum(True, 4, 900), same=20, different=0),
        Answers(stratum(True, 2, 100), same=10, different=10),
        Answers(stratum(False, 2, 100), same=5, different=15, unclear=2),
        Answers(stratum(False, 0, 10_000), same=0, different=20),
    ]
    found = judging.verdicts(answers)
    assert found.precision.share == pytest.approx(950 / 1000)
    assert found.recall.share == pytest.approx(950 / 975)
    assert found.unclear == 2
    assert found.precision.low < 0.95 < found.precision.high
    assert found.precision.judged == 40
    # Twenty of 10,000 unlike pairs exclude no handful of true ones among them: the interval says so.
    assert found.recall.low < 0.8


def test_a_census_of_pairs_has_no_interval_and_missing_answers_no_share():
    everything = [Answers(stratum(True, 4, 2), same=1, different=1), Answers(stratum(False, 0, 1), 0, 1)]
    found = judging.verdicts(everything)
    assert (found.precision.low, found.precision.share, found.precision.high) == (0.5, 0.5, 0.5)
    missing = [*everything, Answers(stratum(False, 2, 50), same=1, different=0)]
    assert judging.verdicts(missing).recall is None
    assert judging.verdicts(missing).precision is not None
    assert judging.verdicts([]).precision is None


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    dice = np.random.default_rng(3)
    truths = [(stratum(True, 4, 5000), 0.98), (stratum(True, 2, 800), 0.6), (stratum(False, 1, 3000), 0.15), (stratum(False, 0, 40_000), 0.01)]  # fmt: skip
    strata = [one for one, _share in truths]
    counts = judging.shared_out(strata, 150)
    right = sum(one.pairs * share for one, share in truths if one.is_together)
    precision = right / 5800
    recall = right / (right + sum(one.pairs * share for one, share in truths if not one.is_together))
    held = np.zeros(2)
    for _round in range(300):
        same = [int(dice.binomial(count, share)) for count, (_one, share) in zip(counts, truths, strict=True)]
        found = judging.verdicts(
            [Answers(one, yes, count - yes) for one, yes, count in zip(strata, same, counts, strict=True)]
        )
        held += [
            found.precision.low <= precision <= found.precision.high,
            found.recall.low <= recall <= found.recall.high,
        ]
    assert (held / 300 > 0.9).all()


# In the database


@pytest.fixture
def benches(world):
    """Three places with three voices each that the rule joins, and pairs near each other that it does not."""
    for spot in range(3):
        for k in range(3):
            admit("parkowanie", at=metres_away(3_000 * spot + 5 * k, 0), when=days_later(k), text="auta na chodniku")
        admit(
            "parkowanie", at=metres_away(3_000 * spot + 78, 66), when=days_later(42), text="zajęty trawnik obok szkoły"
        )
    db.session.commit()


def draw(wanted=50, areas=EVERYWHERE, scope="pl/10/1003/", key=None):
    return judgements.draw(areas, scope, wanted, key or uuid.uuid4().hex, 7)


def answer(sample, likeness):
    for pair in judgements.pairs_of(sample, EVERYWHERE, waiting=True):
        judgements.judge(pair, likeness(pair), pair.version, 7)


def test_all_pairs_that_stand_together_or_were_compared_may_be_drawn(benches):
    sample = draw()
    pairs = judgements.pairs_of(sample, EVERYWHERE)
    threats = queries.threats_of(sorted({number for pair in pairs for number in (pair.first_id, pair.second_id)}))
    kinds = [sample.strata[pair.stratum]["together"] for pair in pairs]
    assert [threats[pair.first_id] == threats[pair.second_id] for pair in pairs] == kinds
    assert True in kinds
    assert False in kinds
    assert len(pairs) == sum(kind["pairs"] for kind in sample.strata)
    assert sorted(pair.turn for pair in pairs) == list(range(1, len(pairs) + 1))


def test_the_same_key_draws_once_and_nothing_is_drawn_of_nothing(world):
    with pytest.raises(NothingToJudge):
        draw()
    for k in range(2):
        admit(at=metres_away(k, 0), when=days_later(k))
    first = draw(key="a" * 32)
    assert draw(key="a" * 32) is first
    assert len(db.session.scalars(db.select(JudgedSample)).all()) == 1


def test_judging_moves_no_voice_and_is_in_the_trail(benches):
    before = {threat.id: threat.observations for threat in db.session.scalars(db.select(Threat)).unique()}
    sample = draw()
    answer(sample, lambda _pair: Likeness.DIFFERENT)
    joining.join()
    db.session.commit()
    after = {threat.id: threat.observations for threat in db.session.scalars(db.select(Threat)).unique()}
    assert before == after
    assert judgements.standing(sample).verdicts.precision.share == 0
    acts = db.session.scalars(db.select(AuditEntry.act).where(AuditEntry.object_kind == "judged_pair")).all()
    assert set(acts) == {"judge"}


def test_a_pair_is_judged_as_it_was_shown(benches):
    pair = judgements.pairs_of(draw(), EVERYWHERE)[0]
    judgements.judge(pair, Likeness.SAME, 1, 7)
    with pytest.raises(JudgedMeanwhile):
        judgements.judge(pair, Likeness.DIFFERENT, 1, 8)
    judgements.judge(pair, Likeness.SAME, 1, 7)
    assert db.session.get(JudgedPair, pair.id).version == 2, "two clicks are one answer"
    judgements.judge(pair, Likeness.DIFFERENT, 2, 7)
    db.session.commit()
    assert db.session.get(JudgedPair, pair.id).likeness is Likeness.DIFFERENT


def test_where_people_and_the_map_disagree_is_told_as_of_today(benches):
    sample = draw()
    answer(sample, lambda pair: Likeness.SAME)
    found = judgements.disagreements(sample, EVERYWHERE)
    assert found
    assert all(one.threats[0] != one.threats[1] for one in found)
    one = found[0]
    operations.move(one.pair.first, queries.threat(one.threats[1]), 7, "the same")
    db.session.commit()
    assert one.pair.id not in {left.pair.id for left in judgements.disagreements(sample, EVERYWHERE)}


def test_a_sample_concerns_scopes_around_it_and_within(benches):
    sample = draw(scope="pl/10/1003/")
    for scope, sees in (("pl/", True), ("pl/10/1003/kp1/", True), ("pl/10/1019/", False), ("", False), ("pl/1", True)):
        assert (judgements.sample(sample.id, scope) is not None) is sees
        assert (sample in judgements.samples(scope)) is sees


def test_other_thresholds_are_told_before_they_hold_and_hold_from_the_next_joining(benches):
    same = trying.preview(EVERYWHERE, DEFAULT_THRESHOLDS, None)
    assert (same.moved, same.joined_pairs, same.parted_pairs) == (0, 0, 0)
    assert same.threats == same.threats_then
    strict = trying.preview(EVERYWHERE, Thresholds(1.0, 0.2), None)
    assert strict.threats_then > strict.threats
    assert strict.parted_pairs > 0
    assert strict.joined_pairs == 0
    assert queries.rule().thresholds == DEFAULT_THRESHOLDS

    assert join_by_new_rule() == ""
    trying.put_into_force(strict.thresholds, "too many wrong joins", "b" * 32, 7)
    trying.put_into_force(strict.thresholds, "too many wrong joins", "b" * 32, 7)  # the same press twice
    with pytest.raises(KeyOfAnother):
        trying.put_into_force(Thresholds(0.9, 0.1), "the same key", "b" * 32, 7)
    db.session.commit()
    assert queries.rule().thresholds == strict.thresholds
    assert joining.is_due()
    assert join_by_new_rule().startswith("observations ")
    standing = {threat.id for threat in db.session.scalars(db.select(Threat)).unique() if threat.observations}
    assert len(standing) == strict.threats_then
    assert not joining.is_due()
    assert join_by_new_rule() == ""


def test_judged_pairs_tell_what_other_thresholds_would_be_worth(benches):
    sample = draw()
    answer(sample, lambda pair: Likeness.SAME if sample.strata[pair.stratum]["together"] else Likeness.DIFFERENT)
    found = trying.preview(EVERYWHERE, Thresholds(1.0, 0.2), sample)
    assert (found.judged.precision, found.judged.recall) == (1.0, 1.0)
    assert found.judged_then.recall < 1.0


def test_too_many_voices_are_refused_while_a_page_waits(benches):
    with pytest.raises(judgements.TooManyVoices):
        trying.preview(EVERYWHERE, DEFAULT_THRESHOLDS, None, most=3)


# Pages


@pytest.fixture
def station(benches):
    return unit()


def test_a_head_draws_and_an_officer_judges_blind(client, station):
    sign_in(client, head(station))
    page = Page(client, "/threats/judging")
    answered = page.send(wanted="30")
    sample = db.session.scalar(db.select(JudgedSample))
    assert answered.location.endswith(f"/threats/judging/{sample.id}")

    sign_in(client, officer(station))
    led = client.get(f"/threats/judging/{sample.id}/next")
    shown = Page(client, led.location)
    check_page(shown.text)
    main = shown.soup.find("main").get_text(" ")
    assert "%" not in main
    assert not [threat for threat in db.session.scalars(db.select(Threat.id)) if f"/threats/{threat}" in str(shown.soup.find("main"))]  # fmt: skip
    assert client.get(f"{led.location}.svg").mimetype == "image/svg+xml"
    assert shown.send().status_code == 422
    sent = shown.send(likeness="same")
    assert sent.location.endswith("/next")
    late = shown.send(likeness="different")
    assert late.status_code == 302
    first = db.session.scalar(db.select(JudgedPair).where(JudgedPair.likeness.is_not(None)))
    assert first.likeness is Likeness.SAME

    while (led := client.get(f"/threats/judging/{sample.id}/next")).location.count("/pairs/"):
        Page(client, led.location).send(likeness="same")
    result = Page(client, f"/threats/judging/{sample.id}")
    check_page(result.text)
    assert "100 %" in result.text
    check_page(Page(client, "/threats/judging").text)
    check_page(Page(client, "/threats/joining-rule").text)


def asked_of_the_background(app, client, monkeypatch, account):
    """Somebody draws from more voices than can be compared while a page waits."""
    monkeypatch.setitem(app.extensions, "queue", None)
    monkeypatch.setattr(judgements, "MOST_VOICES", 3)
    answered = Page(sign_in(client, account), "/threats/judging").send(wanted="30")
    assert answered.status_code == 302
    assert db.session.scalar(db.select(JudgedSample)) is None
    return answered.location


def test_from_too_many_voices_pairs_are_drawn_in_the_background(app, client, station, monkeypatch):
    drawer = head(station)
    address = asked_of_the_background(app, client, monkeypatch, drawer)
    assert working.one(lambda: False)
    sample = db.session.scalars(db.select(JudgedSample)).one()
    assert (sample.actor_id, sample.scope) == (drawer.id, drawer.scope)
    assert judgements.pairs_of(sample, EVERYWHERE)
    led = Page(client, address).soup.select_one("main a[href='/threats/judging']")
    assert str(sample.id) in str(Page(client, led["href"]).soup.select_one("main .card a"))


def test_whoever_may_not_draw_any_more_draws_nothing(app, client, station, monkeypatch):
    drawer = head(station)
    asked_of_the_background(app, client, monkeypatch, drawer)
    drawer.role = Role.OFFICER
    db.session.commit()
    assert working.one(lambda: False)
    assert db.session.scalar(db.select(JudgedSample)) is None
    task = db.session.scalars(db.select(Task)).one()
    assert [(task.state, part.told) for part in task.parts] == [(TaskState.FAILED, "not_yours")]


def test_who_may_draw_judge_and_set(client, station):
    sample = draw()
    db.session.commit()
    sign_in(client, officer(station))
    assert Page(client, "/threats/judging").soup.find("input", {"name": "wanted"}) is None
    assert client.post("/threats/judging", data={"wanted": "30"}).status_code in {400, 403}
    assert client.get("/threats/joining-rule/thresholds").status_code == 403
    sign_in(client, officer(unit("1019", "Komenda Powiatowa Policji w Zduńskiej Woli")))
    assert client.get(f"/threats/judging/{sample.id}").status_code == 404
    sign_in(client, administrator(station))
    assert client.get(f"/threats/judging/{sample.id}").status_code == 403
    sign_in(client, coordinator(station))
    assert client.get(f"/threats/judging/{sample.id}").status_code == 200
    assert client.get(f"/threats/judging/{sample.id}/next").status_code == 403


def test_a_pair_beyond_the_own_area_is_not_there(client, station):
    sample = draw()
    db.session.commit()
    pair = judgements.pairs_of(sample, EVERYWHERE)[0]
    sign_in(client, officer(unit("1003-2", "Komisariat w Łasku", path="pl/10/1003/2/", areas=["100302"])))
    assert client.get(f"/threats/judging/{sample.id}").status_code == 200
    assert client.get(f"/threats/judging/{sample.id}/pairs/{pair.id}").status_code == 404


def test_the_coordinator_tries_thresholds_and_puts_them_into_force(client, station):
    sign_in(client, coordinator(station))
    page = Page(client, "/threats/joining-rule/thresholds")
    check_page(page.text)
    tried = page.send(link="100", suggest="20")
    assert tried.status_code == 200
    shown = Page.of(client, "/threats/joining-rule/thresholds", tried)
    check_page(shown.text)
    assert queries.rule().thresholds == DEFAULT_THRESHOLDS
    assert shown.send(apply="1").status_code == 422
    assert shown.send(link="20", suggest="30", apply="1", reason="x").status_code == 422
    assert shown.send(apply="1", reason="Za dużo błędnych połączeń.").status_code == 302
    assert queries.rule().thresholds == Thresholds(1.0, 0.2)
    assert "Za dużo błędnych połączeń." in client.get("/threats/joining-rule/thresholds").text


def test_nobody_who_writes_waits_while_thresholds_are_tried(client, station, monkeypatch):
    begun = []

    def preview(*_args):
        begun.append(_reads_only.get())  # by it SQLite's transaction takes no turn to write
        raise TooManyVoices

    monkeypatch.setattr(trying, "preview", preview)
    sign_in(client, coordinator(station))
    assert Page(client, "/threats/joining-rule/thresholds").send(link="100", suggest="20").status_code == 422
    assert begun == [True]


def test_the_command_tells_what_would_change(app, benches):
    said = app.test_cli_runner().invoke(
        args=["threats", "preview", "--link", "1", "--suggest", "0.2", "--district", "1003"]
    )
    assert said.exit_code == 0
    assert json.loads(said.output.splitlines()[-1])["parted_pairs"] > 0
    wrong = app.test_cli_runner().invoke(args=["threats", "preview", "--link", "0.2", "--suggest", "0.5"])
    assert wrong.exit_code == 2


def test_a_pair_is_told_in_metres_and_days(client, station):
    sample = draw()
    db.session.commit()
    pair = next(one for one in judgements.pairs_of(sample, EVERYWHERE) if abs(one.first.y - one.second.y) > 50)
    sign_in(client, officer(station))
    main = Page(client, f"/threats/judging/{sample.id}/pairs/{pair.id}").soup.find("main").get_text(" ")
    metres = round(((pair.first.x - pair.second.x) ** 2 + (pair.first.y - pair.second.y) ** 2) ** 0.5)
    assert f"{metres} m od siebie" in main
    assert "30 m" in main
