"""How fields look: label, hint, star, error; and that strangers' words stay words."""

import pytest
from bs4 import BeautifulSoup
from werkzeug.datastructures import MultiDict

from consult.web import widgets
from tests.pages import check_page
from tests.web.showroom.app import EveryField, make


@pytest.fixture(scope="module")
def showroom():
    return make(WTF_CSRF_ENABLED=False)


@pytest.fixture
def page(showroom):
    with showroom.test_client() as client:
        yield lambda url, **sent: client.post(url, data=sent) if sent else client.get(url)


@pytest.fixture
def drawn(showroom):
    """Draw one field of a form that was sent with these values."""

    def draw(name, **sent):
        with showroom.test_request_context(method="POST" if sent else "GET", data=sent):
            form = EveryField(MultiDict(sent)) if sent else EveryField()
            if sent:
                form.validate()
            return BeautifulSoup(widgets.draw(form[name]), "lxml")

    return draw


@pytest.mark.parametrize("url", ["/", "/staff", "/form", "/place", "/resident", "/map"])
def test_every_page_of_the_showroom_is_whole(showroom, url):
    with make().test_client() as client:
        check_page(client.get(url).text)


def test_a_form_with_errors_is_whole_too(page):
    answer = page("/form", title="")
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.text, "lxml")
    links = soup.select(".govuk-error-summary a")
    assert links
    for link in links:
        assert soup.find(id=link["href"][1:]), f"{link['href']} leads nowhere"


def test_the_title_of_a_form_with_errors_says_so(page):
    assert BeautifulSoup(page("/form", title="").text, "lxml").title.text.startswith(("Error: ", "Błąd: "))


def test_an_error_names_its_field(page):
    summary = BeautifulSoup(page("/form", title="").text, "lxml").select_one(".govuk-error-summary")
    assert "Tytuł debaty: " in summary.text


def test_a_required_field_wears_a_star_and_tells_reading_aids(drawn):
    title = drawn("title")
    assert "*" in title.label.text
    assert title.input["aria-required"] == "true"
    assert not title.input.has_attr("required"), "the browser's own bubbles stay away"


def test_a_hint_is_read_with_its_field(drawn):
    title = drawn("title")
    assert title.find(id=title.input["aria-describedby"]).text.strip() == "Na przykład: Bezpieczne osiedle"


def test_an_error_is_read_with_its_field(drawn):
    email = drawn("email", email="nikt")
    assert "title-error" not in str(email)
    assert email.find(id="email-error").text.strip().endswith("nazwa@domena.pl")
    assert "email-error" in email.input["aria-describedby"]
    assert email.input["value"] == "nikt"


def test_words_of_strangers_stay_words(drawn):
    evil = "</textarea><script>alert(1)</script>\"'&"
    assert drawn("description", description=evil).textarea.text.strip() == evil
    assert drawn("title", title=evil).input["value"] == evil
    assert not drawn("description", description=evil).script


def test_lines_of_a_long_text_come_back_as_they_were(drawn):
    text = "pierwsza\n  druga\n\ntrzecia"
    assert drawn("description", description=text).textarea.text.removeprefix("\n") == text
    assert drawn("note", note=text).textarea.text.removeprefix("\n") == text


def test_the_counter_counts_and_never_cuts(drawn):
    box = drawn("description")
    assert box.select_one("[data-module=govuk-character-count]")["data-maxlength"] == "500"
    assert not box.textarea.has_attr("maxlength")


def test_the_counter_has_the_three_plurals_of_polish(drawn):
    counter = drawn("description").select_one("[data-module=govuk-character-count]")
    for form in ("one", "few", "many", "other"):
        assert "%{count}" in counter[f"data-i18n.characters-under-limit.{form}"]


def test_groups_of_categories_stand_in_their_groups(drawn):
    select = drawn("category", category="waste").find("select")
    assert [group["label"] for group in select.find_all("optgroup")] == ["Ruch drogowy", "Porządek"]
    assert select.find("option", selected=True)["value"] == "waste"


def test_radios_and_checkboxes_have_a_legend_and_keep_what_was_chosen(drawn):
    assert "Skąd wiadomo" in drawn("channel").legend.text
    assert drawn("channel", channel="letter").find("input", checked=True)["value"] == "letter"
    days = drawn("days", days="tue")
    assert [box["value"] for box in days.find_all("input", checked=True)] == ["tue"]


def test_a_date_and_a_number_that_cannot_be_read_come_back_as_typed(drawn):
    assert drawn("held_on", held_on="jutro").input["value"] == "jutro"
    assert drawn("residents", residents="dużo").input["value"] == "dużo"


def test_a_password_is_never_sent_back(drawn):
    assert not drawn("secret", secret="correct horse battery staple").input.get("value")


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 8, 9]),
    ],
)
def test_pages_worth_showing(page, pages, shown):
    assert list(widgets.pages_to_show(page, pages)) == shown


def test_the_first_page_asks_no_other_host(page):
    soup = BeautifulSoup(page("/").text, "lxml")
    for tag in soup.find_all(["script", "link", "img"]):
        address = tag.get("src") or tag.get("href") or ""
        assert address.startswith("/"), address


def test_the_emergency_numbers_come_before_everything_else(page):
    for url in ("/", "/staff"):
        links = BeautifulSoup(page(url).text, "lxml").body.find_all("a")
        assert [link["href"] for link in links[:3]] == ["#main-content", "tel:112", "tel:997"]
