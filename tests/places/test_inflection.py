"""Names of places are found in any grammatical case."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.places import inflection

CASES = {
    "Zagórów": "Zagórowa Zagórowowi Zagórowem Zagórowie",
    "Orchowo": "Orchowa Orchowu Orchowem Orchowie",
    "Słupca": "Słupcy Słupcę Słupcą Słupco",
    "Łask": "Łasku Łaskowi Łaskiem",
    "Damasławek": "Damasławka Damasławkowi Damasławkiem Damasławku",
    "Kośmidry": "Kośmidrom Kośmidrami Kośmidrach",
    "Powidz": "Powidza Powidzowi Powidzem Powidzu",
    "Lądek": "Lądka Lądkiem Lądku",
    "Radom": "Radomia Radomiowi Radomiem Radomiu",
    "Śrem": "Śremu Śremem Śremie",
    "Września": "Wrześni Wrześnię Wrześnią",
    "Ruda": "Rudy Rudzie Rudę Rudą",
    "Góra": "Góry Górze Górę Górą",
    "Huta": "Huty Hucie Hutę Hutą",
    "Łęka": "Łęki Łęce Łękę Łęką",
    "Praga": "Pragi Pradze Pragę Pragą",
    "Poznań": "Poznania Poznaniowi Poznaniem Poznaniu",
    "Ostrowite": "Ostrowitego Ostrowitemu Ostrowitem",
    "Końskie": "Końskich Końskim Końskimi",
    "Sędziejowice": "Sędziejowic Sędziejowicom Sędziejowicami Sędziejowicach",
    "Kielce": "Kielc Kielcom Kielcami Kielcach",
    "Sosnowiec": "Sosnowca Sosnowcowi Sosnowcem Sosnowcu",
    "Łazy": "Łazów Łazom Łazami Łazach",
    "Gniezno": "Gniezna Gnieznem Gnieźnie",
    "Łódź": "Łodzi Łodzią",
    "Wieluń": "Wielunia Wieluniem Wieluniu",
    "Szadek": "Szadku Szadkiem Szadkowi",
    "Stara Wieś": "Starej+Wsi Starą+Wieś Starą+Wsią",
    "Nowe Miasto": "Nowego+Miasta Nowemu+Miastu Nowym+Miastem Nowym+Mieście",
    "Cienin Zaborny": "Cienina+Zabornego Cieninem+Zabornym Cieninie+Zabornym",
    "Kowalewo-Opactwo": "Kowalewa-Opactwa Kowalewie-Opactwie",
}


@pytest.mark.parametrize(
    ("name", "form"), [(name, form.replace("+", " ")) for name, forms in CASES.items() for form in forms.split()]
)
def test_every_case_of_a_name_leads_to_its_stem(name, form):
    stem = inflection.stem_of_name(name)
    for sentence in (form, f"w {form}", form.lower(), form.upper()):
        assert any(stem in term.stems for term in inflection.terms(sentence)), sentence


def test_most_names_have_a_stem_of_their_own():
    assert len({inflection.stem_of_name(name) for name in CASES}) == len(CASES)


def test_in_a_sentence_only_words_with_a_capital_are_names():
    said = "Zwracanie większej uwagi na dyskotekę w Orchowie z powodu hałasu przy ul. Lipowej"
    assert [term.words for term in inflection.terms(said)][-1] == "orchowie"
    assert all("dyskotek" not in term.words for term in inflection.terms(said))


@pytest.mark.parametrize("said", ["ul. Lipowa", "przy ulicy Lipowej", "pl. Wolności", "al. Niepodległości"])
def test_a_streets_name_is_no_places_name(said):
    assert inflection.terms(said) == []


def test_a_preposition_parts_names():
    words = {term.words for term in inflection.terms("z Łasku do Buczku")}
    assert words == {"lasku", "buczku"}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_taken_and_gives_a_bounded_number_of_stems(text):
    terms = inflection.terms(text)
    assert len(terms) <= inflection.MOST_TERMS
    assert sum(len(term.stems) for term in terms) <= 60 * 40
