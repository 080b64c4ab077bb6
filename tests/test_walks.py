"""The walks of the house as stories: people at pages without scripts, from what they say to what becomes of it."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from consult.clock import now, retelling, today
from consult.db import db
from consult.online_reports.jobs import tell_news
from consult.period import Period
from consult.summaries.printing import digest_of
from tests.accounts import makers
from tests.attachments.makers import photo
from tests.factories import LASK
from tests.online_reports.makers import RIGHT, Import, collection, feature
from tests.pages import Page


@pytest.fixture(autouse=True)
def _towns(world):
    """Two districts with their communes and the catalogue, there before anybody comes."""
    db.session.commit()


class Shown(Page):
    """The page that came back after something was sent."""

    def __init__(self, client, url, response):
        self.client, self.url, self.text = client, url, response.text
        self.soup = BeautifulSoup(response.text, "lxml")


def zoomed_in(page, times=5):
    """Press "Zoom in" under the drawn map."""
    for _ in range(times):
        page = Shown(page.client, page.url, page.send(**{"place-move": "in"}))
    return page


def marked(page, metres_right=0):
    """Click the drawn map in its middle, or some metres right of it."""
    page = zoomed_in(page)
    west, _south, east, _north, width, height = (float(part) for part in page.fields()["place-view"].split(","))
    left = width / 2 + metres_right * width / (east - west)
    clicked = page.send(**{"place-map.x": f"{left:.0f}", "place-map.y": f"{height / 2:.0f}"})
    return Shown(page.client, page.url, clicked)


def officer_at_work(app):
    """A signed-in officer of district 1003."""
    makers.unit()
    return makers.sign_in(app.test_client(), makers.officer())


def notes_a_debate(client):
    """The officer writes a meeting down; gives the address of its minutes."""
    answer = Page(client, "/debates/new").send(
        kind="opening_debate", level="district", title="Debata w Łasku", held_on=today().isoformat(), residents="20"
    )
    assert answer.status_code == 302, answer.text
    return answer.location


def notes_a_statement(client, minutes, text, **more):
    """The officer marks the place of a statement on the map and saves what was said."""
    page = marked(Page(client, minutes))
    answer = page.send(kind="threat", category_code="parkowanie", text=text, voices="12", **more)
    assert answer.status_code == 302, answer.text


def reports(app, text, metres_right=0, client=None):
    """A resident with a browser of one's own reports badly parked cars; gives browser and the receipt's address."""
    client = client or app.test_client()
    answer = checked(client, text, metres_right).send(step="send")
    assert answer.status_code == 303, answer.text
    return client, answer.location


def checked(client, text, metres_right=0):
    """Fill in the form about badly parked cars and go on to the check before sending."""
    page = marked(Page(client, "/online-reports/new?district=1003"), metres_right)
    return Shown(client, page.url, page.send(category="parkowanie", description=text))


def threat_behind(page):
    """Follow the link from a receipt to the threat on the public map."""
    return page.soup.find("a", href=lambda href: href and href.startswith("/threats/"))["href"]


def threats_on_the_map(client, **narrowed):
    """What the public map shows, by number."""
    answer = client.get("/threats.geojson", query_string={"district": "1003", **narrowed})
    return {found["id"]: found["properties"] for found in json.loads(answer.text)["features"]}


def joined_anew(app):
    """Run `flask threats join --all`."""
    result = app.test_cli_runner().invoke(args=["threats", "join", "--all"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_an_officers_note_becomes_a_threat_on_the_public_map(app):
    officer = officer_at_work(app)
    minutes = notes_a_debate(officer)

    notes_a_statement(officer, minutes, "Auta na chodniku przy szkole")

    assert "Auta na chodniku przy szkole" in Page(officer, minutes).text
    [(number, threat)] = threats_on_the_map(app.test_client()).items()
    assert (threat["category"], threat["status"], threat["planes"]) == ("parkowanie", "new", ["direct_contact"])
    shown = Page(officer, f"/threats/{number}")
    assert "Auta na chodniku przy szkole" in shown.text
    assert "Auta na chodniku przy szkole" not in Page(app.test_client(), f"/threats/{number}").text


def test_a_report_gives_a_receipt_and_a_neighbours_report_a_second_voice(app, elsewhere):
    resident, receipt = reports(app, "Auta stoją na chodniku koło sklepu")
    alone = Page(resident, receipt)

    neighbour, other_receipt = reports(app, "Samochody na chodniku obok sklepu", metres_right=15, client=elsewhere())

    threat = threat_behind(alone)
    assert threat_behind(Page(neighbour, other_receipt)) == threat
    [shown] = threats_on_the_map(app.test_client()).values()
    assert (shown["observations"], shown["independent_voices"], shown["url"]) == (2, 2, threat)
    seen = Page(officer_at_work(app), threat).text
    assert "Auta stoją na chodniku koło sklepu" in seen
    assert "Samochody na chodniku obok sklepu" in seen


def test_a_neighbour_finds_the_report_says_i_see_it_too_and_follows_the_same_threat(app, elsewhere):
    resident, receipt = reports(app, "Auta stoją na chodniku koło sklepu")
    threat = threat_behind(Page(resident, receipt))

    neighbour = elsewhere()
    check = checked(neighbour, "Nie da się przejść z wózkiem", metres_right=20)
    [offered] = check.soup.select("main form button[name=threat]")
    answer = check.send(threat=offered["value"])
    passer_by = elsewhere()
    page = Page(passer_by, threat)
    page = Page(passer_by, page.soup.select_one(f"main a[href^='{threat}/voices']")["href"])
    other_answer = page.send()

    assert [sent.status_code for sent in (answer, other_answer)] == [303, 303]
    assert threat_behind(Page(neighbour, answer.location)) == threat
    assert threat_behind(Page(passer_by, other_answer.location)) == threat
    [shown] = threats_on_the_map(app.test_client()).values()
    assert (shown["observations"], shown["independent_voices"]) == (3, 3)
    joined_anew(app)
    assert threat_behind(Page(neighbour, answer.location)) == threat
    assert "Nie da się przejść z wózkiem" in Page(officer_at_work(app), threat).text


def test_a_link_says_why_it_was_made(app):
    reports(app, "Auta stoją na chodniku koło sklepu")
    reports(app, "Samochody na chodniku obok sklepu", metres_right=15)

    page = Page(officer_at_work(app), next(iter(threats_on_the_map(app.test_client()).values()))["url"])

    [second] = [card for card in page.soup.select("article") if "Samochody" in card.text]
    reasons = second.select_one(".muted").text
    assert "15 m" in reasons or "16 m" in reasons or "14 m" in reasons, reasons


def test_two_planes_meet_and_what_a_person_takes_apart_stays_apart(app):
    officer = officer_at_work(app)
    notes_a_statement(officer, notes_a_debate(officer), "Auta na chodniku przy szkole")
    reports(app, "Auta na chodniku przy szkole", metres_right=10)
    [(number, met)] = threats_on_the_map(officer).items()
    assert met["planes"] == ["direct_contact", "online"]

    take_out = Page(officer, met["url"]).soup.find("a", href=lambda href: href and href.endswith("/detach"))["href"]
    assert Page(officer, take_out).send(reason="To dwa różne miejsca").status_code == 302
    joined = joined_anew(app)

    assert joined["threats"] == 2
    assert len(threats_on_the_map(officer)) == 2
    assert threats_on_the_map(officer)[number]["observations"] == 1
    assert "To dwa różne miejsca" in Page(officer, met["url"]).text


def test_a_button_writes_the_districts_pdf_and_the_same_figures_beside_it(app):
    officer = officer_at_work(app)
    notes_a_statement(officer, notes_a_debate(officer), "Auta na chodniku przy szkole")
    for metres in (0, 10, 20):
        reports(app, "Auta na chodniku", metres_right=metres)
    quarter = Period.quarter_of(today()).code

    answer = Page(officer, "/summaries").send(code="1003", period=quarter, edition="public", language="pl")

    assert answer.status_code == 302, answer.text
    head = makers.sign_in(app.test_client(), makers.head())
    release = Page(head, "/summaries/drafts").soup.find("a", href=lambda href: href.endswith("/release"))["href"]
    assert Page(head, release).send(looked="y").status_code == 302
    address = Page(app.test_client(), "/districts/1003").soup.find("a", href=lambda href: quarter in (href or ""))[
        "href"
    ]
    words = printed_words(app, address)
    figures = json.loads(downloaded(app, address.replace(".pdf", ".json")))
    said = {plane["plane"]: plane["observations"]["value"] for plane in figures["planes"] if plane["observations"]}
    assert said == {"direct_contact": 1, "online": 3}
    assert figures.pop("digest") == digest_of(figures)
    assert digest_of(figures)[:16] in words
    assert "powiat łaski" in words


def downloaded(app, address):
    """The bytes of a file that everybody may download."""
    with app.test_client().get(address) as answer:
        assert answer.status_code == 200
        return answer.data


def printed_words(app, address):
    """The words of a PDF, without line breaks."""
    pages = PdfReader(BytesIO(downloaded(app, address))).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def test_a_file_of_reports_is_tried_imported_and_joined(app, tmp_path):
    run = Import(app, tmp_path)
    lately = (today() - timedelta(days=3)).isoformat()
    geometry = {"type": "Point", "coordinates": list(LASK)}
    file = collection(
        *(feature(row, geometry, observed_at=lately, description="Auta na chodniku", id=f"a{row}") for row in range(4)),
        feature(9, geometry, observed_at=lately, category="dzikie_wysypiska", description="Śmieci", id="b"),
    )

    assert run(file, "--dry-run").summary == {"read": 5, "new": 5, "unchanged": 0, "refused": 0}
    assert threats_on_the_map(app.test_client()) == {}
    assert run(file).summary["new"] == 5
    assert run(file).summary == {"read": 5, "new": 0, "unchanged": 5, "refused": 0}

    assert joined_anew(app) == {"observations": 5, "threats": 2, "suggested": 0}
    shown = threats_on_the_map(app.test_client())
    assert sorted(threat["observations"] for threat in shown.values()) == [1, 4]


def test_a_report_is_followed_to_its_end_and_its_reporter_is_heard(client, app, letters, tmp_path, monkeypatch):
    """A resident reports with a photo, answers a question, gets letters, says that it is still there, and is answered."""
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    page = Page(client, "/online-reports/new")
    taken = {**page.fields(), **RIGHT, "step": "send", "files": (BytesIO(photo()), "IMG_1.jpg")}
    receipt = client.post(page.url, data=taken, content_type="multipart/form-data").location
    desk = officer_at_work(app)
    threat = Page(desk, "/threats").soup.select_one(".result a")["href"]
    report = Page(desk, threat).soup.select_one("a[href*='/online-reports/voices/']")["href"]
    picture = Page(desk, report).soup.select_one("main img")["src"]
    assert desk.get(picture).mimetype == "image/jpeg"

    Page(desk, f"{report}/ask").send(text="Czy auta stoją tam także w niedzielę?")
    Page(client, Page(client, receipt).soup.select_one("a.govuk-button")["href"]).send(text="Tak, do 14")
    assert "Tak, do 14" in Page(desk, report).text

    Page(client, f"{receipt}/letters").send(address="anna.nowak@example.com").close()
    Page(client, in_letter(letters[-1])).send()
    for after in ("in_verification", "confirmed", "eliminated"):
        assert Page(desk, f"{threat}/status").send(after=after, reason="Patrol był na miejscu").status_code == 302
    with retelling(now() + timedelta(minutes=2)):
        assert tell_news() == "letters 3"
    from_letter = in_letter(letters[-1])
    Page(client, f"{from_letter}/outcome").send(says="still_there", words="Auta wróciły")

    head = makers.sign_in(app.test_client(), makers.head())
    review = Page(head, "/online-reports/replies").soup.select_one("a[href$='/review']")["href"]
    Page(head, review).send(text="Sprawdzimy to ponownie w sobotę")
    assert "Sprawdzimy to ponownie w sobotę" in Page(client, receipt).text
    assert Page(client, receipt).soup.select_one(".status--eliminated")


def in_letter(letter):
    """The first address of ours in a letter."""
    return re.search(r"http://127\.0\.0\.1:8000(\S+)", letter.body)[1]
