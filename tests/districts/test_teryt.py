"""Names of areas that nobody takes for another's."""

from consult.districts.teryt import clear_labels


def test_what_shares_its_name_says_where_it_lies():
    """Names as they are in Poland: Brzeziny near Łódź and near Kalisz, a city and the commune around it, two districts."""
    labels = {
        "1003": "powiat łaski",
        "1007": "powiat opolski",
        "1009": "powiat opolski",
        "1015": "powiat skierniewicki",
        "1021": "powiat brzeziński",
        "1063": "Skierniewice",
        "3007": "powiat kaliski",
        "3008": "powiat opolski",
        "100302": "Łask",
        "101509": "Skierniewice",
        "102101": "Brzeziny (miasto)",
        "102103": "Dąbrowa",
        "106301": "Skierniewice",
        "300702": "DABROWA",
    }
    clear = clear_labels(labels)
    assert clear["100302"] == "Łask"
    assert (clear["102103"], clear["300702"]) == ("Dąbrowa (powiat brzeziński)", "DABROWA (powiat kaliski)")
    assert clear["1063"] == "Skierniewice (łódzkie)"
    assert clear["101509"] == "Skierniewice (powiat skierniewicki)"
    assert clear["106301"] == "Skierniewice (gmina)"
    assert clear["3008"] == "powiat opolski (wielkopolskie)"
    assert (clear["1007"], clear["1009"]) == ("powiat opolski (1007)", "powiat opolski (1009)")
    assert len(set(clear.values())) == len(labels)


def test_a_city_alone_of_its_name_keeps_it():
    assert clear_labels({"1061": "Łódź", "106101": "Łódź"}) == {"1061": "Łódź", "106101": "Łódź (gmina)"}
