"""Threats put under another category by a person: nothing overrules it, everything follows it, and it can be undone."""

import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consult.accounts.models import UnitDuty
from consult.audit.models import AuditEntry
from consult.catalogue import queries as catalogue
from consult.clock import now, retelling
from consult.db import db
from consult.observations.models import Observation
from consult.threats import joining, operations, publication, queries, recategorising, response
from consult.threats.models import Recategorisation, Suggestion, Threat, Undoing
from consult.threats.recategorising import ChangedMeanwhile, NothingToChange, NothingToUndo
from consult.threats.turns import KeyOfAnother
from consult.threats.workflow import Status
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.factories import LASK, admit, looked, metres_away, voice
from tests.online_reports.makers import report
from tests.pages import Page
from tests.partners import makers as partners

pytestmark = pytest.mark.usefixtures("world")

AREAS = ("1003",)


def threat_of(observation):
    return queries.of_observation(observation)


def recent(category="parkowanie", **more):
    return admit(category, when=now() - timedelta(days=3), **more)


def rename(threats, code, key=None, areas=AREAS, actor_id=7):
    category = catalogue.by_code(code)
    numbers = [threat.id for threat in threats]
    shown = recategorising.plan(numbers, category, areas)
    return recategorising.recategorise(
        key or uuid.uuid4().hex, numbers, category, "inaczej nazwane", shown.mark, areas,
        actor_id=actor_id, unit_path="pl/10/1003/",
    )  # fmt: skip


def undo(act, areas=AREAS):
    recategorising.undo(act, areas, 8)
    return {item.threat_id: item.undoing for item in recategorising.items_of(act)}


def state(threat):
    db.session.expire_all()
    return threat.category_code, threat.chosen_category_code, threat.group_code, threat.is_settled


# What is chosen stays


def test_a_chosen_category_outlives_voices_and_every_joining():
    threat = threat_of(recent())
    rename([threat], "organizacja_ruchu")
    for k in range(4):
        assert threat_of(recent(at=metres_away(k, 0), text=str(k))) is threat
    assert threat.category_code == "organizacja_ruchu"
    joining.join()
    assert state(threat)[:2] == ("organizacja_ruchu", "organizacja_ruchu")
    assert threat.observations == 5
    joining.join("1003")
    assert state(threat)[0] == "organizacja_ruchu"
    assert {one.category_code for one in db.session.scalars(db.select(Observation))} == {"parkowanie"}


def test_a_detached_voice_takes_the_choice_along_and_a_moved_one_takes_its_new_threats():
    first, second = recent(), recent(at=metres_away(3, 0))
    threat, other = threat_of(first), threat_of(recent(at=metres_away(2_000, 0)))
    rename([threat], "srodki_odurzajace")
    after = operations.detach(second, 7, "inne miejsce")
    assert (after.category_code, after.chosen_category_code, after.group_code) == (
        "srodki_odurzajace", "srodki_odurzajace", "alcohol_drugs.generalised",
    )  # fmt: skip
    with pytest.raises(operations.CannotJoin):
        operations.move(second, other, 7, "to samo")  # one is protected now, the other is not
    rename([other], "srodki_odurzajace")
    operations.move(second, other, 7, "to samo")
    assert threat_of(second) is other
    joining.join()
    db.session.expire_all()
    assert threat_of(second) is other
    assert {one.category_code for one in (threat, other)} == {"srodki_odurzajace"}


def test_the_machine_never_joins_a_protected_voice_to_a_threat_that_became_public():
    threat = threat_of(recent("srodki_odurzajace"))
    rename([threat], "alkohol")
    assert publication.is_public(threat, now())
    hidden, shown = recent("srodki_odurzajace", at=metres_away(2, 0)), recent("alkohol", at=metres_away(2, 2))
    assert threat_of(hidden) is not threat
    assert threat_of(shown) is threat
    joining.join()
    db.session.expire_all()
    assert threat_of(hidden) is not threat
    assert threat_of(shown) is threat


def test_a_voice_taken_back_and_given_again_returns_to_its_threat_and_what_that_is_joined_with():
    observation = recent()
    recent(at=metres_away(3, 0))
    threat = threat_of(observation)
    operations.withdraw(observation, 7, "pomyłka")
    act = rename([threat], "alkohol")
    operations.restore(observation, 7)
    assert threat_of(observation) is threat
    assert observation.group_code == "alcohol_drugs"
    operations.withdraw(observation, 7, "pomyłka")
    assert recategorising.left(act, AREAS) == {threat.id: Undoing.VOICES}


def test_a_voice_taken_back_under_a_choice_that_was_undone_is_joined_as_its_own_category_again():
    observation = recent()
    recent(at=metres_away(3, 0))
    threat = threat_of(observation)
    act = rename([threat], "alkohol")
    with retelling(now() - timedelta(days=1)):
        operations.withdraw(observation, 7, "pomyłka")
    assert undo(act) == {threat.id: Undoing.RESTORED}
    operations.restore(observation, 7)
    assert (threat_of(observation), observation.group_code) == (threat, "traffic")


def test_a_further_voice_of_a_resident_is_joined_with_what_its_threat_is_joined_with():
    threat = threat_of(recent())
    rename([threat], "alkohol")
    said = operations.admit(voice("alkohol", at=LASK, when=now()), belongs_to=threat)
    assert (threat_of(said), said.group_code) == (threat, "alcohol_drugs")


def test_suggestions_between_groups_are_void():
    admit("parkowanie", when=now() - timedelta(days=44))
    admit("parkowanie", at=metres_away(95, 0), when=now() - timedelta(days=4))
    (suggestion,) = db.session.scalars(db.select(Suggestion)).all()
    rename([suggestion.threat], "alkohol")
    assert not db.session.scalars(db.select(Suggestion)).all()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("rjavduw"), st.integers(0, 5)), min_size=3, max_size=12))
def test_whatever_follows_a_choice_stands_and_its_voices_join_alike(world, steps):
    """Admit, join, detach, withdraw, choose and undo in any order: a choice stands, and groups follow from it."""
    savepoint = db.session.begin_nested()
    codes = ("parkowanie", "alkohol", "srodki_odurzajace", "organizacja_ruchu", "znecanie_zwierzeta", "predkosc")
    observations, acts = [recent(at=metres_away(0, 0))], []
    for step, number in steps:
        observation = observations[number % len(observations)]
        threat = threat_of(observation)
        if step in "av":
            observations.append(recent(codes[number], at=metres_away(number * 4, 0), text=str(len(observations))))
        elif step == "j":
            joining.join()
        elif step == "d" and threat is not None:
            operations.detach(observation, 7, "osobno")
        elif step == "w":
            (operations.restore if observation.withdrawn_at else operations.withdraw)(
                observation, 7, *(() if observation.withdrawn_at else ("pomyłka",))
            )
        elif step == "r" and threat is not None and threat.category_code != codes[number]:
            acts.append(rename([threat], codes[number]))
        elif step == "u" and acts:
            with_undo(acts[-1])
        db.session.expire_all()
        hold(codes)
    savepoint.rollback()
    db.session.expire_all()


def with_undo(act):
    try:
        recategorising.undo(act, AREAS, 7)
    except NothingToUndo:
        return


def hold(codes):
    """What is true after every step."""
    groups = {code: catalogue.by_code(code).join_group for code in codes}
    for threat in db.session.scalars(db.select(Threat).where(Threat.observations > 0)).unique():
        links = queries.links_of(threat)
        if threat.chosen_category_code is not None:
            assert threat.category_code == threat.chosen_category_code
            assert threat.group_code == groups[threat.category_code]
            assert threat.is_settled
            assert {link.observation.group_code for link in links} == {threat.group_code}
        else:
            assert threat.category_code in {link.observation.category_code for link in links}
            assert all(link.observation.group_code == groups[link.observation.category_code] for link in links)
        assert len({catalogue.by_code(threat.category_code).precision, threat.category.precision}) == 1


# Taking it back


def test_undoing_restores_exactly_what_was_before():
    threats = [threat_of(recent(at=metres_away(k * 2_000, 0))) for k in range(3)]
    threats.append(threat_of(recent("srodki_odurzajace", at=metres_away(0, 3_000))))
    earlier = rename(threats[:1], "predkosc")
    before = {threat.id: state(threat) for threat in threats}
    groups = {one.id: one.group_code for one in db.session.scalars(db.select(Observation))}
    act = rename(threats, "alkohol")
    assert {state(threat)[0] for threat in threats} == {"alkohol"}
    assert set(undo(act).values()) == {Undoing.RESTORED}
    assert {threat.id: state(threat) for threat in threats} == before
    assert {one.id: one.group_code for one in db.session.scalars(db.select(Observation))} == groups
    with pytest.raises(NothingToUndo):
        recategorising.undo(act, AREAS, 8)
    assert set(undo(earlier).values()) == {Undoing.RESTORED}, "an act that was undone touched nothing"
    assert state(threats[0]) == ("parkowanie", None, "traffic", False)


def test_undoing_leaves_what_somebody_touched_and_says_why():
    office = partners.handed_over()
    threats = [threat_of(recent(at=metres_away(k * 1_000, 5_000))) for k in range(9)]
    untouched, answered, checked, noted, named, joined, taken, abroad, assigned = threats
    threats.append(office.threat)
    second = recent(at=metres_away(6_003, 5_000))
    assert threat_of(second) is taken
    worker = officer(unit("1003"))
    act = rename(threats, "alkohol")
    with retelling(now() + timedelta(seconds=5)):
        response.change_status(answered, Status.IN_VERIFICATION, "sprawdzamy", 7)
        looked(checked)
        response.write_note(noted, uuid.uuid4().hex, "uwaga", 7)
        rename([named], "organizacja_ruchu")
        partners.said(office)
        admit("alkohol", at=metres_away(5_001, 5_000), when=now() - timedelta(days=1))
        operations.detach(second, 7, "osobno")
        response.assign(assigned, worker.id, 7)
        abroad.district_code = "1019"
        db.session.flush()
        assert undo(act) == {
            untouched.id: Undoing.RESTORED,
            answered.id: Undoing.ANSWERED,
            checked.id: Undoing.ANSWERED,
            noted.id: Undoing.ANSWERED,
            named.id: Undoing.RENAMED,
            joined.id: Undoing.VOICES,
            taken.id: Undoing.VOICES,
            abroad.id: Undoing.OUTSIDE,
            assigned.id: Undoing.ANSWERED,
            office.threat_id: Undoing.ANSWERED,
        }
    assert state(untouched) == ("parkowanie", None, "traffic", False)
    assert {state(threat)[0] for threat in (answered, checked, noted, joined, taken, abroad)} == {"alkohol"}
    assert state(named)[0] == "organizacja_ruchu"


def test_nothing_is_left_to_undo_when_all_were_touched():
    threat = threat_of(recent())
    act = rename([threat], "alkohol")
    response.change_status(threat, Status.IN_VERIFICATION, "sprawdzamy", 7)
    with pytest.raises(NothingToUndo):
        recategorising.undo(act, AREAS, 8)
    assert act.undone_at is None


# Doing it


def test_the_same_key_twice_is_one_act():
    threat = threat_of(recent())
    first = rename([threat], "alkohol", key="k" * 32)
    again = recategorising.recategorise(
        "k" * 32,
        [threat.id],
        catalogue.by_code("alkohol"),
        "inaczej nazwane",
        "old",
        AREAS,
        actor_id=7,
        unit_path="pl/",
    )
    assert again is first
    notes = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "recategorise")).all()
    assert [(note.object_id, note.detail) for note in notes] == [(str(first.id), {"count": 1, "category": "alkohol"})]


def test_the_key_of_another_act_does_nothing():
    one, other = threat_of(recent()), threat_of(recent(at=metres_away(2_000, 0)))
    rename([one], "alkohol", key="k" * 32)
    for code, actor_id in (("predkosc", 7), ("alkohol", 8)):
        wanted = (catalogue.by_code(code), "x", "old", AREAS)
        with pytest.raises(KeyOfAnother):
            recategorising.recategorise("k" * 32, [other.id], *wanted, actor_id=actor_id, unit_path="pl/")
    assert state(other)[0] == "parkowanie"


def test_what_was_shown_is_what_is_done_or_nothing_is():
    threat = threat_of(recent())
    category = catalogue.by_code("alkohol")
    mark = recategorising.plan([threat.id], category, AREAS).mark
    rename([threat], "predkosc")
    with pytest.raises(ChangedMeanwhile):
        recategorising.recategorise("k" * 32, [threat.id], category, "x", mark, AREAS, actor_id=7, unit_path="pl/")
    assert state(threat)[0] == "predkosc"
    with pytest.raises(NothingToChange):
        rename([threat], "predkosc")


def test_a_plan_tells_what_becomes_public_or_hidden_who_answers_and_when():
    shown, hidden = threat_of(recent()), threat_of(recent("srodki_odurzajace", at=metres_away(2_000, 0)))
    abroad = threat_of(recent(at=metres_away(15_000, 0)))
    station, road = unit("1003"), unit("RD-1003", "Drogówka", areas=["1003"])
    db.session.add(UnitDuty(unit_id=road.id, group_code="traffic"))
    slow = catalogue.by_code("alkohol")
    slow.take_up_days, slow.verify_days = 4, 9
    db.session.flush()
    db.session.expire_all()
    plan = recategorising.plan([shown.id, hidden.id, abroad.id, 10**9], slow, AREAS)
    assert [(one.code, count) for one, count in plan.categories_before] == [("parkowanie", 1), ("srodki_odurzajace", 1)]
    assert (plan.published, plan.hidden, plan.missing) == ((hidden,), (), 2)
    assert [threat for threat, _before, _after in plan.due_otherwise] == [shown, hidden]
    assert plan.answered_otherwise == {(road.id, station.id): 1}
    other = recategorising.plan([shown.id, hidden.id], catalogue.by_code("znecanie_zwierzeta"), AREAS)
    assert (other.published, other.hidden) == ((), (shown,))
    assert recategorising.unit_names(plan) == {road.id: "Drogówka", station.id: station.name}


def test_a_thousand_threats_need_no_more_questions_than_ten(queries_counted):
    spots = [metres_away(k % 40 * 550 - 12_000, k // 40 * 550 - 8_000) for k in range(1_010)]
    operations.admit_many([voice(at=at, when=now() - timedelta(days=3)) for at in spots])
    joining.join()
    category = catalogue.by_code("alkohol")
    numbers = db.session.scalars(db.select(Threat.id).order_by(Threat.id)).all()
    assert len(numbers) == 1_010
    counted, acts = [], []
    for part in (numbers[:10], numbers[10:]):

        def act(part=part):
            mark = recategorising.plan(part, category, AREAS).mark
            facts = {"actor_id": 7, "unit_path": "pl/10/1003/"}
            done = recategorising.recategorise(uuid.uuid4().hex, part, category, "x", mark, AREAS, **facts)
            acts.append(done)

        counted.append(queries_counted(act))
        assert recategorising.tally(acts[-1]) == {None: len(part)}
    for act in acts:
        db.session.expire_all()
        counted.append(queries_counted(lambda act=act: recategorising.undo(act, AREAS, 7)))
    assert counted[1] <= counted[0]
    assert counted[3] <= counted[2]
    assert set(db.session.scalars(db.select(Threat.category_code))) == {"parkowanie"}


# Pages


@pytest.fixture
def chief(client):
    return sign_in(client, head(unit("1003")))


def choose(client, threats, code="alkohol", query=None, **more):
    """Choose threats and a category; gives the page to check."""
    query = query or "&".join(f"chosen={threat.id}" for threat in threats)
    page = Page(client, f"/threats/recategorise?{query}")
    answer = page.send("/threats/recategorise/check", category_code=code, reason="źle nazwane", **more)
    return follow(page, answer)


def follow(page, answer):
    page.soup, page.text, page.status = type(page.soup)(answer.text, "lxml"), answer.text, answer.status_code
    return page


def confirm(page, **values):
    return page.send("/threats/recategorise", **values)


def test_a_head_chooses_in_the_list_checks_confirms_and_undoes(chief):
    threats = [threat_of(recent(at=metres_away(k * 1_000, 0))) for k in range(3)]
    listed = Page(chief, "/threats")
    boxes = listed.soup.select("input[name=chosen]")
    assert {int(box["value"]) for box in boxes} == {threat.id for threat in threats}
    page = choose(chief, threats[:2])
    assert (page.status, {state(threat)[0] for threat in threats}) == (200, {"parkowanie"})
    assert "2" in page.soup.select_one("#changes").text
    assert "Nieprawidłowe parkowanie → Spożywanie alkoholu" in page.soup.select_one("#changes").parent.text
    answer = confirm(page)
    assert answer.status_code == 303
    assert [state(threat)[0] for threat in threats] == ["alkohol", "alkohol", "parkowanie"]
    act = Page(chief, answer.location)
    assert "źle nazwane" in act.text
    assert confirm(page).location == answer.location, "a second click finds the same act"
    assert "źle nazwane" in Page(chief, f"/threats/{threats[0].id}").text
    assert act.send(f"{answer.location}/undo").status_code == 303
    assert [state(threat)[0] for threat in threats] == ["parkowanie"] * 3
    assert act.send(f"{answer.location}/undo").status_code == 303
    assert str(act.url.rpartition("/")[2]) in Page(chief, "/threats/recategorisations").text


def test_all_that_a_list_found_in_the_own_area_is_chosen(chief):
    own = [threat_of(recent(at=metres_away(k * 1_000, 0))) for k in range(2)]
    threat_of(recent(at=metres_away(15_000, 0)))
    threat_of(recent("predkosc", at=metres_away(0, 2_000)))
    page = Page(chief, "/threats?category=parkowanie")
    assert len(page.soup.select("input[name=chosen]")) == 2
    assert "2" in page.soup.select_one("button[name=all]").text
    page = choose(chief, [], query="all=1&category=parkowanie")
    assert page.fields()["threats"] == ",".join(str(threat.id) for threat in own)


def test_too_many_and_none_are_said(chief, monkeypatch):
    monkeypatch.setattr("consult.threats.views.recategorising.MOST", 2)
    for k in range(3):
        recent(at=metres_away(k * 1_000, 0))
    page = Page(chief, "/threats")
    assert page.soup.select_one("button[name=all]") is None
    assert "2" in Page(chief, "/threats/recategorise?all=1", 422).text
    assert Page(chief, "/threats/recategorise", 422)
    assert Page(chief, "/threats/recategorise?chosen=x&chosen=%00&chosen=-1", 422)


def test_staff_choose_in_the_search_too(chief):
    sent = report(text="Zepsuta latarnia")
    answer = Page(chief, "/search").send(text="latarnia")
    assert f'value="{queries.of_observation(db.session.scalars(db.select(Observation)).one()).id}"' in answer.text
    assert sent.number


def test_what_becomes_public_needs_a_persons_word(chief):
    threat = threat_of(recent("srodki_odurzajace"))
    page = choose(chief, [threat])
    assert page.soup.select_one("input[name=agrees]")
    answer = confirm(page)
    assert (answer.status_code, state(threat)[0]) == (422, "srodki_odurzajace")
    assert confirm(page, agrees="y").status_code == 303
    assert state(threat)[0] == "alkohol"
    public = chief.application.test_client()
    assert public.get(f"/threats/{threat.id}").status_code == 200
    assert f'"id": {threat.id}' in public.get("/threats.geojson").text


def test_what_is_closed_needs_it_too_since_it_may_open_again(chief):
    threat = threat_of(recent("srodki_odurzajace"))
    operations.change_status(threat, Status.JOKE, "pomyłka", 7)
    page = choose(chief, [threat])
    assert confirm(page).status_code == 422
    plan = recategorising.plan([threat.id], catalogue.by_code("alkohol"), AREAS)
    assert (plan.published, plan.published_later) == ((threat,), 1)


def test_what_becomes_protected_leaves_every_public_answer(chief):
    threat = threat_of(recent())
    public = chief.application.test_client()

    def read(address):
        with public.get(address) as answer:
            assert answer.status_code == 200
            return answer.text

    addresses = ("/threats", "/threats.geojson", "/threats.csv", "/threats.geojson?edition=public", "/threats/cells.geojson",
                 "/threats.atom?district=1003", "/open311/v2/requests.json", "/api/threats")  # fmt: skip
    before = {address: read(address) for address in addresses}
    told = [address for address, text in before.items() if f"/threats/{threat.id}" in text or f'"{threat.id}"' in text]
    assert len(told) >= 6, told
    etag = public.get("/threats.geojson").headers["ETag"]
    confirm(choose(chief, [threat], "srodki_odurzajace"))
    for address in addresses:
        text = read(address)
        assert f"/threats/{threat.id}" not in text, address
        assert f'"{threat.id}"' not in text, address
    assert public.get("/threats.geojson", headers={"If-None-Match": etag}).status_code == 200
    assert public.get(f"/threats/{threat.id}").status_code == 404
    assert threat.id not in [
        one.id for one in queries.found(queries.Filters(visible=publication.public_condition(now())))
    ]


def test_what_changed_since_it_was_shown_is_shown_again(chief):
    threats = [threat_of(recent(at=metres_away(k * 1_000, 0))) for k in range(2)]
    page = choose(chief, threats)
    rename(threats[:1], "predkosc")
    answer = confirm(page)
    assert answer.status_code == 422
    assert [state(threat)[0] for threat in threats] == ["predkosc", "parkowanie"]
    assert confirm(follow(page, answer)).status_code == 303
    assert {state(threat)[0] for threat in threats} == {"alkohol"}


@pytest.mark.parametrize(
    "spoiled",
    [
        {"category_code": "nie_ma"},
        {"category_code": ""},
        {"reason": " "},
        {"reason": "x" * 501},
        {"threats": ""},
        {"threats": "1;2"},
        {"threats": ",".join(str(k) for k in range(1_001))},
        {"key": "k"},
        {"key": "\x00"},
        {"threats": "1\x00"},
        {"category_code": "alkohol\x85"},
        {"reason": "a\x00b"},
        dict.fromkeys(("key", "threats", "category_code", "reason", "mark"), "\x00\x85"),
    ],
    ids=repr,
)
def test_bad_input_changes_nothing(chief, spoiled):
    threat = threat_of(recent())
    page = choose(chief, [threat])
    assert confirm(page, **spoiled).status_code == 422
    assert page.send("/threats/recategorise/check", **spoiled).status_code == 422
    assert state(threat)[0] == "parkowanie"


def test_another_category_can_be_chosen_from_the_check(chief):
    page = choose(chief, [threat_of(recent())])
    answer = page.send("/threats/recategorise/check", again="1")
    assert (answer.status_code, "źle nazwane" in answer.text) == (200, True)
    assert 'value="alkohol" selected' in answer.text


def test_only_heads_and_coordinators_and_only_in_their_area(client):
    threat, abroad = threat_of(recent()), threat_of(recent(at=metres_away(15_000, 0)))
    browser = client.application.test_client
    for person in (officer(unit("1003")), administrator(unit("1003"))):
        stranger = sign_in(browser(), person)
        assert stranger.get(f"/threats/recategorise?chosen={threat.id}").status_code == 403
        assert stranger.get("/threats/recategorisations").status_code == 403
        assert not Page(stranger, "/threats").soup.select("input[name=chosen]")
    chief = sign_in(browser(), head(unit("1003")))
    assert confirm(choose(chief, [threat, abroad])).status_code == 303
    assert [state(one)[0] for one in (threat, abroad)] == ["alkohol", "parkowanie"]
    act = db.session.scalars(db.select(Recategorisation)).unique().one()
    neighbour = sign_in(browser(), head(unit("1019")))
    assert neighbour.get(f"/threats/recategorisations/{act.id}").status_code == 404
    assert Page(neighbour, "/accounts/own").send(f"/threats/recategorisations/{act.id}/undo").status_code in {400, 404}
    above = sign_in(browser(), coordinator(unit("10", "KWP", areas=[])))
    assert (
        Page(above, f"/threats/recategorisations/{act.id}")
        .send(f"/threats/recategorisations/{act.id}/undo")
        .status_code
        == 303
    )
    assert state(threat)[0] == "parkowanie"
    assert client.get("/threats/recategorise").status_code == 302
