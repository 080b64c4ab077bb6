"""Templates of answers: offered without a script, always editable, kept by heads and coordinators."""

import pytest

from consult.clock import now
from consult.db import db
from consult.threats import queries, response
from consult.threats.models import ReasonTemplate
from consult.threats.workflow import Status
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.factories import admit
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

WORDS = {"after": "in_verification", "title": "Nasze", "text": "Sprawdzi to nasz dzielnicowy."}


def threat():
    return queries.of_observation(admit(when=now()))


def ours(title="Nasze", code="1003", status=Status.IN_VERIFICATION):
    made = response.write_reason_template(None, unit(code).id, status, title, "Sprawdzi to nasz dzielnicowy.", 7)
    db.session.commit()
    return made


def test_a_template_fills_the_form_by_its_address_and_can_be_changed(client):
    shown, template = threat(), ours()
    sign_in(client, officer(unit("1003")))
    page = Page(client, f"/threats/{shown.id}/status?template={template.id}")
    assert page.soup.select_one("#reason").text.strip() == template.text
    assert page.soup.select_one("input[name=after][checked]")["value"] == "in_verification"
    assert page.send(reason="Inne słowa.").status_code == 302
    assert queries.history_of(shown)[-1].reason == "Inne słowa."


def test_only_templates_of_the_place_and_of_what_may_follow_are_offered(client):
    shown, own = threat(), ours()
    foreign, later = ours(code="1019"), ours("Na koniec", status=Status.ELIMINATED)
    sign_in(client, officer(unit("1003")))
    page = Page(client, f"/threats/{shown.id}/status?template={foreign.id}")
    offered = {option["value"] for option in page.soup.select("select[name=template] option")}
    assert str(own.id) in offered
    assert not {str(foreign.id), str(later.id)} & offered
    assert page.soup.select_one("#reason").text.strip() == ""


@pytest.mark.parametrize("asked", ["x", "-1", "99999999999999999999", "%00"])
def test_nonsense_for_a_template_chooses_none(client, asked):
    shown = threat()
    sign_in(client, officer(unit("1003")))
    assert client.get(f"/threats/{shown.id}/status?template={asked}").status_code == 200


def test_there_are_national_ones_for_every_state_to_begin_with():
    found = queries.reason_templates(None)
    assert {template.status for template in found} == set(Status) - {Status.NEW}


def test_a_head_keeps_those_of_the_unit_and_a_coordinator_the_national_ones(client, elsewhere):
    sign_in(client, head(unit("1003")))
    assert Page(client, "/threats/reason-templates/new").send(**WORDS).status_code == 302
    (own,) = queries.reason_templates(unit("1003").id)
    national = queries.reason_templates(None)[0]
    assert client.get(f"/threats/reason-templates/{national.id}").status_code == 404
    overseer = sign_in(elsewhere(), coordinator(unit("1003")))
    assert overseer.get(f"/threats/reason-templates/{own.id}").status_code == 404
    page = Page(overseer, f"/threats/reason-templates/{national.id}")
    assert page.send(text="Nowe słowa.").status_code == 302
    db.session.expire_all()
    assert national.text == "Nowe słowa."
    assert sign_in(elsewhere(), officer(unit("1003"))).get("/threats/reason-templates").status_code == 403


@pytest.mark.parametrize("wrong", [{"title": ""}, {"text": "  "}, {"after": "new"}, {"text": "x" * 1001}])
def test_a_wrong_template_is_refused_and_nothing_is_written(client, wrong):
    sign_in(client, head(unit("1003")))
    assert Page(client, "/threats/reason-templates/new").send(**{**WORDS, **wrong}).status_code == 422
    assert not queries.reason_templates(unit("1003").id)


def test_two_of_one_title_are_refused_and_one_can_be_removed(client):
    own = ours()
    sign_in(client, head(unit("1003")))
    assert Page(client, "/threats/reason-templates/new").send(**WORDS).status_code == 422
    page = Page(client, f"/threats/reason-templates/{own.id}")
    assert page.send(to=f"/threats/reason-templates/{own.id}/remove").status_code == 302
    assert db.session.scalar(db.select(db.func.count()).where(ReasonTemplate.unit_id == unit("1003").id)) == 0
