"""The place question: three ways to answer, each of them without scripts."""

import json

import pytest
from bs4 import BeautifulSoup

from consult.documents.svg_map import View
from consult.geo import PlaceFault, PlaceRefused
from tests.web.showroom import country
from tests.web.showroom.app import PlaceQuestions, make

LASK = {"type": "Point", "coordinates": [19.13, 51.59]}


@pytest.fixture(scope="module")
def showroom():
    return make(WTF_CSRF_ENABLED=False)


@pytest.fixture
def send(showroom):
    def send(url="/place", **sent):
        named = {name.replace("_", "-", 1): value for name, value in sent.items()}
        return showroom.test_client().post(url, data={"title": "Tytuł", **named})

    return send


def soup_of(answer):
    return BeautifulSoup(answer.text, "lxml")


def hidden(answer, name):
    return soup_of(answer).find("input", attrs={"name": name})["value"]


def asks_again(answer):
    """The form came back without a word about errors."""
    return answer.status_code == 200 and not answer.is_json and not soup_of(answer).select(".govuk-error-summary")


def test_a_place_from_the_map_is_taken(send):
    saved = send(place=json.dumps(LASK)).json
    assert saved["geometry"] == LASK
    assert saved["accuracy_m"] == 30


def test_the_map_says_how_exact_it_was_but_never_claims_too_much(send):
    assert send(place=json.dumps(LASK), place_accuracy="240").json["accuracy_m"] == 240
    for nonsense in ("0.001", "-5", "nan", "dokładnie"):
        assert send(place=json.dumps(LASK), place_accuracy=nonsense).json["accuracy_m"] == 30
    assert send(place=json.dumps(LASK), place_accuracy="1e300").json["accuracy_m"] == 5000


def test_a_search_shows_what_it_found_and_saves_nothing(send):
    answer = send(place_words="Wid", place_search="1")
    assert asks_again(answer)
    assert "ulica Widawska" in answer.text


def test_the_only_place_found_is_already_chosen(send):
    soup = soup_of(send(place_words="warszawska", place_search="1"))
    assert soup.find("input", attrs={"name": "place-choice"}, checked=True)["value"] == "Warszawska"


def test_a_chosen_place_is_taken_with_its_name_and_its_own_accuracy(send):
    saved = send(place_words="ulica", place_searched="ulica", place_choice="9 Maja").json
    assert saved["words"] == "ulica 9 Maja"
    assert saved["accuracy_m"] == 150


def test_words_typed_and_not_searched_yet_are_searched_when_the_form_is_sent(send):
    answer = send(place_words="Wars")
    assert "ulica Warszawska" in answer.text
    assert hidden(answer, "place-choice") == "Warszawska"
    assert (
        send(place_words="Wars", place_searched="Wars", place_choice="Warszawska").json["words"] == "ulica Warszawska"
    )


@pytest.mark.parametrize("words", ["Wars", "ulica", "Atlantyda"])
def test_a_form_that_came_back_because_of_a_search_says_so_and_leads_to_what_was_found(send, words):
    answer = send(place_words=words)
    assert answer.status_code == 422
    link = soup_of(answer).select_one(".govuk-error-summary a")["href"]
    assert link == ("#place-words" if words == "Atlantyda" else "#place-choice-1")
    assert soup_of(answer).select_one(link)


def test_what_is_said_of_a_place_belongs_to_it_however_it_was_found(send):
    said = "przy szkole, od strony parku"
    found = send(place_words="ulica", place_searched="ulica", place_choice="9 Maja", place_described=said).json
    assert found["words"] == f"ulica 9 Maja, {said}"
    assert send(place=json.dumps(LASK), place_described=said).json["words"] == said
    assert len(send(place=json.dumps(LASK), place_described="x" * 300).json["words"]) == 200


def test_words_that_found_nothing_are_told_and_do_not_ask_for_ever(send):
    answer = send(place_words="Atlantyda", place_search="1")
    assert "Atlantyda" in soup_of(answer).select_one(".place-question .govuk-inset-text").text
    assert send(place_words="Atlantyda", place_searched="Atlantyda").status_code == 422


def test_a_choice_from_another_search_is_not_taken(send):
    assert send(place_words="Warszawska", place_searched="Warszawska", place_choice="Widawska").status_code == 422


def test_a_whole_commune_is_taken_with_the_readers_words(send):
    saved = send(place_commune="1003042", place_described="za kościołem").json
    assert (saved["kind"], saved["code"], saved["words"]) == ("commune", "1003042", "za kościołem")


def test_an_invented_commune_is_not_taken(send):
    assert send(place_commune="9999999").status_code == 422


def test_a_click_on_the_drawn_map_marks_that_spot(send):
    view = country.frame(None)
    x, y = view.from_pixel(300, 200)
    answer = send(**{"place-map.x": "300", "place-map.y": "200", "place_view": _text(view)})
    assert asks_again(answer)
    marked = json.loads(hidden(answer, "place"))
    back = View(*map(float, hidden(answer, "place-view").split(","))).to_pixel(*_metres(marked["coordinates"]))
    assert back == pytest.approx((300, 200), abs=0.1)
    assert (x, y) == pytest.approx(_metres(marked["coordinates"]), abs=1)
    assert float(hidden(answer, "place-accuracy")) == pytest.approx(8 * view.metres_per_unit, rel=0.01)


def test_a_click_without_a_pointer_marks_nothing(send):
    answer = send(**{"place-map.x": "0", "place-map.y": "0"})
    assert asks_again(answer)
    assert hidden(answer, "place") == ""


def test_the_drawn_map_zooms_and_moves_and_keeps_what_was_typed(send):
    before = country.frame(None)
    answer = send(place_move="in", place_view=_text(before), title="Nie zgub mnie")
    assert asks_again(answer)
    assert "Nie zgub mnie" in answer.text
    west, _south, east, _north, _width, _height = map(float, hidden(answer, "place-view").split(","))
    assert east - west == pytest.approx((before.east - before.west) / 2, abs=2)


@pytest.mark.parametrize("view", ["", "a,b", "1,2,3", "nan,nan,nan,nan", "0,0,1e308,1e308", "5,5,5,5", "9,9,1,1"])
def test_an_odd_frame_gives_way_to_the_first_one(send, view):
    answer = send(place_move="north", place_view=view)
    assert asks_again(answer)
    assert [round(float(n)) for n in hidden(answer, "place-view").split(",")[4:]] == [600, 420]


def test_an_area_is_drawn_click_by_click_and_taken_back_corner_by_corner(send):
    sent = {"place_view": _text(country.frame(None)), "place_shape": "polygon", "place": ""}
    kinds = []
    for x, y in [(200, 100), (400, 120), (300, 300), (180, 250)]:
        answer = send(**sent, **{"place-map.x": str(x), "place-map.y": str(y)})
        sent["place"] = hidden(answer, "place")
        kinds.append(json.loads(sent["place"])["type"])
    assert kinds == ["Point", "LineString", "Polygon", "Polygon"]
    assert send(**sent).json["kind"] == "area"
    undone = json.loads(hidden(send(**sent, place_move="undo"), "place"))
    assert len(undone["coordinates"][0]) == 4


def test_a_corner_that_makes_the_edges_cross_is_refused_and_the_rest_stays(send):
    sent = {"place_view": _text(country.frame(None)), "place_shape": "polygon", "place": ""}
    for x, y in [(200, 100), (400, 300), (400, 100)]:
        sent["place"] = hidden(send(**sent, **{"place-map.x": str(x), "place-map.y": str(y)}), "place")
    answer = send(**sent, **{"place-map.x": "200", "place-map.y": "300"})
    assert answer.status_code == 422
    assert hidden(answer, "place") == sent["place"]


def test_residents_mark_points_only(send):
    line = json.dumps({"type": "LineString", "coordinates": [[19.1, 51.5], [19.2, 51.6]]})
    assert send("/resident", place=line).status_code == 422
    assert send("/place", place=line).json["kind"] == "line"


def test_a_place_can_be_removed(send):
    answer = send(place=json.dumps(LASK), place_clear="1")
    assert asks_again(answer)
    assert hidden(answer, "place") == ""


@pytest.mark.parametrize(
    "geometry",
    [
        '{"type":"Point","coordinates":[51.59,19.13]}',
        '{"type":"Point","coordinates":[2.35,48.85]}',
        '{"type":"Point","coordinates":[NaN,51.5]}',
        '{"type":"Point","coordinates":[1e309,51.5]}',
        '{"type":"Polygon","coordinates":[[[19,51],[19.1,51.1],[19.1,51],[19,51.1],[19,51]]]}',
        '{"type":"Polygon","coordinates":[[' + "[19.1,51.1]," * 3000 + "[19.1,51.1]]]}",
        "[" * 5000,
        "{",
        "null",
        '"><script>alert(1)</script>',
    ],
)
def test_a_faulty_geometry_is_refused_in_words_and_never_echoed(send, geometry):
    answer = send(place=geometry)
    assert answer.status_code == 422
    summary = soup_of(answer).select_one(".govuk-error-summary a")
    assert summary["href"] == "#place-words"
    assert hidden(answer, "place") == ""
    assert "<script>alert" not in answer.text


def test_no_answer_is_refused_only_where_one_is_needed(send):
    answer = send()
    assert answer.status_code == 422
    assert soup_of(answer).select_one("#place-error")


def test_what_is_already_known_is_shown(showroom):
    from consult.geo import Place

    with showroom.test_request_context():
        form = PlaceQuestions(place=Place.point(19.13, 51.59, 80, "przy szkole"))
        assert json.loads(form.place.geometry) == LASK
        assert form.place.accuracy_m == 80
        assert "51.59000" in form.place.chosen_in_words


def test_what_an_operation_refuses_is_said_at_the_field(showroom):
    with showroom.test_request_context(method="POST", data={"place": json.dumps(LASK), "title": "T"}):
        form = PlaceQuestions()
        assert form.validate_on_submit()
        form.place.refuse(PlaceRefused(PlaceFault.OUTSIDE_BOUNDARIES))
        assert form.status == 422


def test_every_fault_has_its_message():
    from consult.web.place_field import FAULTS

    assert set(FAULTS) == set(PlaceFault)


def _text(view):
    return ",".join(f"{number:.0f}" for number in (*view.bounds, view.width, view.height))


def _metres(coordinates):
    from consult import geo

    return geo.to_metres(*coordinates)


CLICK = {"place-map.x": "300", "place-map.y": "200"}


def chosen_words(answer):
    return " ".join(soup_of(answer).select_one("#place-chosen-words").text.split())


def test_a_mark_that_leaves_a_chosen_place_leaves_its_name(send):
    view = _text(country.frame(None))
    named = {"place_words": "ulica", "place_searched": "ulica"}
    left = send(**CLICK, **named, place_choice="9 Maja", place_view=view)
    assert soup_of(left).find(id="place-words")["value"] == ""
    assert "ulica" not in chosen_words(left)


def test_words_beside_a_mark_are_read_with_it(send):
    kept = send(**CLICK, place_words="koło stawu", place_view=_text(country.frame(None)))
    assert soup_of(kept).find(id="place-words")["value"] == "koło stawu"
    assert "koło stawu" in chosen_words(kept)
