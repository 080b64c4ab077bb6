"""Places in what an officer types are offered, the most exact first, and never where nobody knows."""

import csv
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.place_recognition import invented_lines, real_lines, scored
from consult.districts.models import Level
from consult.districts.recognising import MentionKind, recognised, recognised_many
from consult.geo import PlaceKind
from consult.places.gazetteer import Entry
from tests.districts.makers import boundaries
from tests.places.makers import gazetteer, positions, register

MORE = (
    ("0010", "Nowa", "wieś", "100302"),
    ("0011", "Park", "osada", "100302"),
    ("0012", "Wilk", "wieś", "100301"),
    ("0013", "Buczek", "wieś", "100301"),
    ("0014", "Powidz", "wieś", "100301"),
)


@pytest.fixture
def places(app):
    boundaries()
    boundaries(Level.COMMUNE)
    gazetteer([*register(), *(Entry("simc", key, name, sort, commune) for key, name, sort, commune in MORE)])
    gazetteer(positions())


def offered(text, town="Łask", codes=("1003",)):
    return [(mention.kind.value, mention.label) for mention in recognised(text, codes, town)]


@pytest.mark.parametrize(
    ("said", "offers"),
    [
        ("Dziury w Zielęcicach", [("town", "Zielęcice, wieś, gmina Łask")]),
        ("dziury w zielęcicach", [("town", "Zielęcice, wieś, gmina Łask")]),
        ("W m. Nowa nie ma chodnika", [("town", "Nowa, wieś, gmina Łask")]),
        ("Auta na ul. Lipowej", [("street", "ul. Lipowa, Łask")]),
        ("W Buczku na ul. 3 Maja", [("street", "ul. 3 Maja, Buczek"), ("town", "Buczek, wieś, gmina Buczek")]),
        ("Ulicą Długą i aleją Jana Pawła II", [("street", "ul. Długa, Łask"), ("street", "al. Jana Pawła II, Łask")]),
        ("Na os. Słonecznym piją", [("street", "os. Słoneczne, Łask")]),
        ("Skrzyżowanie Lipowej z Gajewskich", [("crossing", "skrzyżowanie: Lipowa i Gajewskich, Łask")]),
        ("u zbiegu ulic Lipowej i Polnej", [("crossing", "skrzyżowanie: Lipowa i Polna, Łask")]),
        ("Ul. Szkolna, na skrzyżowaniu z ul. Lipową", [("crossing", "skrzyżowanie: Szkolna i Lipowa, Łask")]),
        ("Ścigają się między Zielęcicami a Buczkiem", [("section", "odcinek: Zielęcice – Buczek")]),
        ("Na drodze Łask – Zielęcice ciemno", [("section", "odcinek: Łask – Zielęcice")]),
        ("Śmieci nad Jeziorem Powidzkim", [("water", "Jezioro Powidzkie, gmina Buczek")]),
        ("Więcej patroli w całej gminie Buczek", [("commune", "cała gmina Buczek")]),
        ("Więcej patroli na terenie gminy", [("commune", "cała gmina Łask")]),
        ("Piją w parku", [("spot", "park, Łask")]),
    ],
)
def test_a_place_is_recognised_however_it_is_said(places, said, offers):
    assert offered(said) == offers


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Więcej patroli wieczorem",
        "Pan Wilk pyta o patrole",
        "Nowa latarnia nie świeci",
        "Park Śląski zamknięto",
        "z powodu hałasu",
        "Wójt Gminy Buczek odpowiedział",
        "5 os. pije piwo",
        "na ulicy jest głośno, na osiedlu też",
        "KPP w Łasku nie odbiera telefonu",
        "Droga do Pabianic jest dziurawa",
    ],
)
def test_what_is_no_place_is_not_offered(places, said):
    assert offered(said) == []


def test_a_street_is_nowhere_without_a_town(places):
    assert offered("Auta na ul. Lipowej", town="") == []
    assert offered("Auta na ul. Lipowej", town="Pabianice") == []


def test_a_street_is_as_exact_as_its_town(places):
    [street] = recognised("Auta na ul. Lipowej", ["1003"], "Łask")
    assert (street.place.kind, street.place.words) == (PlaceKind.POINT, "ul. Lipowa (Łask)")
    assert street.place.accuracy_m > 2000


def test_a_section_without_both_positions_is_the_commune_of_its_ends(places):
    [section] = recognised("między Łaskiem a Zielęcicami", ["1003"])
    assert (section.kind, section.place.code) == (MentionKind.SECTION, "1003023")


def test_a_place_named_twice_is_offered_once_and_the_most_exact_first(places):
    kinds = [mention.kind for mention in recognised("W Buczku, w Buczku, ul. Polna w Buczku", ["1003"])]
    assert kinds == [MentionKind.STREET, MentionKind.TOWN]


def test_many_texts_cost_as_many_queries_as_one(places, queries_counted):
    texts = [f"Dziury w Zielęcicach, ul. Lipowa {number}" for number in range(60)]
    assert queries_counted(lambda: recognised_many(texts, ["1003"], "Łask")) <= 3
    assert recognised_many(texts, ["1003"], "Łask") == [recognised(text, ["1003"], "Łask") for text in texts]


WORDS = (
    "w na z do ul. ulic pl. os. i a – - , . : skrzyżowanie róg Lipowej Zielęcicach Buczek Łask Starej Wsi gminie gm. "
    "między Jezioro Powidzkim 3 Maja II św. Pan Kurówku przy szkole zbiegu rondo Rynek J P"
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS.split()), max_size=25).map(" ".join))


@pytest.mark.shared
def test_places_of_real_debates_and_invented_sentences_are_recognised(app, shared, tmp_path):
    districts = {line.district for line in _measured()}
    load_part(app, shared, tmp_path, districts)
    for lines in (list(real_lines()), list(invented_lines("tuning")), list(invented_lines("held-out"))):
        score = scored(lines, [recognised(line.text, [line.district], line.town) for line in lines])
        assert score.wrong <= (score.right + score.wrong) / 10
        assert score.missed <= (score.right + score.missed) / 10


def _measured():
    return [*real_lines(), *invented_lines("tuning"), *invented_lines("held-out")]


def load_part(app, shared, tmp_path, districts):
    """Load the boundaries and, of the gazetteer, the names of the districts that are spoken of."""
    with gzip.open(shared / "gazetteer" / "SIMC_2020-09-26.csv.gz", "rt", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if row[:1] == ["WOJ"] or "".join(row[:2]) in districts]
    part = tmp_path / "simc.csv"
    part.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    for level, name in (("district", "powiaty"), ("commune", "gminy")):
        file = str(shared / "boundaries" / f"pl_{name}.geojson")
        run(app, "districts", "import", file, "--level", level, "--valid-from", "2021-01-01")
    run(app, "places", "import", str(part), "--kind", "simc")


def run(app, *words):
    assert app.test_cli_runner().invoke(args=list(words)).exit_code == 0


def test_any_text_is_read_and_every_offer_stands_in_it(places):
    @settings(max_examples=150)
    @given(TEXTS, st.sampled_from(["", "Łask", "x"]))
    def holds(text, town):
        offers = recognised(text, ["1003"], town)
        assert offers == recognised(text, ["1003"], town)
        assert len(offers) <= 5
        for offer in offers:
            assert text[offer.start : offer.end] == offer.words
            assert "Kurówek" not in offer.label, "it lies in another district"

    holds()
