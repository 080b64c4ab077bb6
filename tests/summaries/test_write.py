"""A district's PDF and the data file beside it: from voices in the database to bytes on the shelf."""

import json
import re
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from consult.documents.rendering import DocumentRefused, Renderer
from consult.observations.models import Plane
from consult.period import Period
from consult.summaries import operations, queries
from consult.summaries.figures import Edition
from consult.summaries.operations import Unchanged
from consult.summaries.printing import Issue, Replaced, digest_of
from consult.summaries.queries import DistrictUnknown, NoBoundaries
from consult.threats import operations as threats
from consult.threats import queries as threat_queries
from consult.threats.workflow import Status
from debates.outcomes import ProposalStatus
from tests import factories
from tests.accounts.makers import officer, unit
from tests.debates import makers as debates
from tests.factories import LASK, admit, metres_away

QUARTER = Period.parse("2026-Q3")
LONG_WORD = "Konstantynopolitańczykowianeczkówna" * 4


def text_of(path):
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


def a_summer(author):
    """Voices, an answer, a debate with a request: enough of everything to fill a summary."""
    for number in range(4):
        admit("parkowanie", metres_away(3 * number, 0), voice_key=f"{number:016x}")
    admit("alkohol", metres_away(900, 400), plane=Plane.DIRECT_CONTACT, voices=12)
    seen = admit("dzikie_wysypiska", metres_away(-4_000, 2_000))
    threat = threat_queries.of_observation(seen)
    threats.change_status(threat, Status.IN_VERIFICATION, "Sprawdzamy.", author.id)
    threats.change_status(threat, Status.CONFIRMED, "Wysypisko jest; gmina sprzątnie do środy.", author.id)
    meeting = debates.meeting(author, residents=37, district_codes=["1003", "1019"])
    debates.statement(author, meeting)
    asked = debates.proposal(author, meeting, due_on=date(2026, 9, 1))
    debates.answer(
        author, asked, after=ProposalStatus.DONE, answer="Próg stoi od 28 sierpnia.", answered_on=date(2026, 8, 28)
    )
    debates.proposal(author, meeting, "Oświetlenie ulicy Polnej", due_on=date(2026, 9, 10))
    return meeting


def test_a_district_s_pdf_from_the_voices_to_the_shelf(shelf, renderer):
    """The walk: what people said stands in the PDF, its figures beside it, and both are the same when written again."""
    a_summer(officer())
    first = operations.write("1003", QUARTER, renderer=renderer)
    assert first.pdf == shelf / "drafts" / "2026-Q3" / "1003-laski.pdf"
    assert first.json == shelf / "drafts" / "2026-Q3" / "1003-laski.json"
    before = first.pdf.read_bytes(), first.json.read_bytes()
    pages = text_of(first.pdf)
    assert "Nieprawidłowe parkowanie" in pages[0]
    assert "Wysypisko jest; gmina sprzątnie do środy." in " ".join(pages)
    assert "Próg stoi od 28 sierpnia." in " ".join(pages)
    assert operations.write("1003", QUARTER) == Unchanged("1003", is_released=False)
    first.pdf.unlink()
    again = operations.write("1003", QUARTER)
    assert (again.pdf.read_bytes(), again.json.read_bytes()) == before
    assert sorted(path.name for path in first.pdf.parent.iterdir()) == ["1003-laski.json", "1003-laski.pdf"]


def test_every_number_of_the_pdf_stands_in_the_data_file(shelf, renderer):
    a_summer(officer())
    written = operations.write("1003", QUARTER, renderer=renderer)
    data = written.json.read_text(encoding="utf-8")
    numbers = {int(number) for number in re.findall(r"\d+", data)}
    known = {112, 997, 256, 100}  # emergency numbers, SHA-256, and the 100 m of the method
    words = " ".join(text_of(written.pdf))
    words = re.sub(r"[0-9a-f]{8}…|[0-9a-f]{16,64}|\d+ / \d+|\d+ k?m\b|\(rozdział 6\)|\(chapter 6\)", " ", words)
    words = re.sub(r"(?<!\S)[1-7]\. (?=[A-ZŁŚ])", " ", words)  # numbers of chapters
    printed = {int(number) for number in re.findall(r"(?<![\w:])\d+(?![\w:])", words)}
    assert printed - numbers - known == set()
    record = json.loads(data)
    assert str(record["key_figures"]["residents"]["value"]) in words


def test_the_digest_in_the_footer_is_that_of_the_figures(shelf, renderer):
    a_summer(officer())
    written = operations.write("1003", QUARTER, renderer=renderer)
    record = json.loads(written.json.read_bytes())
    digest = record.pop("digest")
    assert digest == digest_of(record)
    assert all(digest[:16] in page for page in text_of(written.pdf))
    admit("predkosc", metres_away(0, 3_000))
    later = json.loads(operations.write("1003", QUARTER, renderer=renderer).json.read_bytes())
    assert later["digest"] != digest


def test_the_page_and_the_data_file_have_the_same_figures(shelf, renderer):
    a_summer(officer())
    summary = queries.current("1003", QUARTER)
    record = json.loads(operations.write("1003", QUARTER, renderer=renderer).json.read_bytes())
    assert {
        key: value for key, value in record.items() if key not in {"map", "digest", "version", "trail"}
    } == summary.record


def test_the_three_worst_places_and_the_emergency_number_stand_on_the_first_page(shelf, renderer, monkeypatch):
    """However long the names are, nothing of the first page slips to the second."""
    author = officer()
    factories.catalogue_of_27()
    for number in range(12):
        for voice in range(2 + number % 3):
            at = metres_away(1_500 * (number % 4), 1_700 * (number // 4))
            admit("maloletni_demoralizacja", at, voice_key=f"{number:08x}{voice:08x}", text=LONG_WORD)
    monkeypatch.setattr(queries.accounts, "has_demonstration", lambda: True)
    debates.meeting(author, title=LONG_WORD[:200], venue=LONG_WORD[:200], residents=1_234_567)
    written = operations.write("1003", Period.parse("2026"), Edition.INTERNAL, renderer=renderer)
    summary = queries.current("1003", Period.parse("2026"), Edition.INTERNAL)
    corrected = operations.sheets_of(summary, Issue(12, Replaced(11, date(2026, 11, 30), "0" * 64), "Powód. " * 40))
    for printed in (written.pdf, BytesIO(renderer.print(corrected.document))):
        first, second, *_rest = text_of(printed)
        assert "Grupowanie się małoletnich" in first
        assert "997" in first
        assert re.match(r".{0,160}1\. ", second)


def test_a_district_without_any_data_is_a_short_honest_summary(shelf, renderer):
    written = operations.write("1019", QUARTER, renderer=renderer)
    record = json.loads(written.json.read_bytes())
    assert record["total"]["total"] == 0
    assert record["places"] == []
    assert len(text_of(written.pdf)) <= 4


def test_long_words_and_letters_that_no_font_has_break_nothing(shelf, renderer):
    author = officer()
    meeting = debates.meeting(author, title="Debata 🚓 <b>o wszystkim</b>")
    debates.proposal(author, meeting, LONG_WORD * 20 + " <script>alert(1)</script>", addressee_name=LONG_WORD[:200])
    written = operations.write("1003", QUARTER, renderer=renderer)
    words = " ".join(text_of(written.pdf))
    assert "Debata ? <b>o wszystkim</b>" in words
    for page in PdfReader(written.pdf).pages:
        assert page.mediabox.width < 600


def test_a_threat_counts_where_it_lies_and_a_meeting_in_each_of_its_districts(shelf):
    a_summer(officer())
    lask, zdunska_wola = queries.current("1003", QUARTER), queries.current("1019", QUARTER)
    assert lask.key_figures["meetings"].value == zdunska_wola.key_figures["meetings"].value == 1
    assert lask.key_figures["residents"].value == zdunska_wola.key_figures["residents"].value == 37
    assert lask.limits.shared_meetings == 1
    assert lask.total.total == 3
    assert zdunska_wola.total.total == 0


def test_the_internal_edition_lies_apart_and_shows_what_the_public_one_hides(shelf, renderer):
    admit("bezdomny_pomoc", LASK)
    public = operations.write("1003", QUARTER, renderer=renderer)
    internal = operations.write("1003", QUARTER, Edition.INTERNAL, renderer=renderer)
    assert internal.pdf == shelf / "internal" / "2026-Q3" / "1003-laski.pdf"
    assert json.loads(internal.json.read_bytes())["total"]["total"] == 1
    record = json.loads(public.json.read_bytes())
    assert record["total"]["total"] == 0
    assert str(LASK[0]) not in public.json.read_text(encoding="utf-8")


def test_the_english_edition_has_its_own_files(shelf, renderer):
    a_summer(officer())
    written = operations.write("1003", QUARTER, language="en", renderer=renderer)
    assert written.pdf.name == "1003-laski.en.pdf"
    assert "Improper parking" in text_of(written.pdf)[0]
    assert PdfReader(written.pdf).trailer["/Root"]["/Lang"].startswith("en")


def test_observations_that_wait_for_joining_are_said_not_lost(shelf):
    threats.admit_many([factories.voice(), factories.voice(at=metres_away(500, 500))])
    assert queries.current("1003", QUARTER, Edition.INTERNAL).limits.not_joined == 2
    assert queries.current("1003", QUARTER).limits.not_joined is None


def test_a_withdrawn_voice_is_not_counted(shelf):
    threats.withdraw(admit(), officer().id, "taken back")
    assert queries.current("1003", QUARTER).total.total == 0


def test_the_queries_do_not_grow_with_what_was_said(shelf, queries_counted):
    author = officer()
    summer = a_summer(author)
    debates.proposal(author, summer, statement=debates.statement(author, summer))
    queries.current("1003", QUARTER)
    few = queries_counted(lambda: queries.current("1003", QUARTER))
    for number in range(5):
        admit("predkosc", metres_away(0, 2_000 + 900 * number))
        meeting = debates.meeting(author, f"Spotkanie {number}")
        debates.proposal(author, meeting, statement=debates.statement(author, meeting))
    assert queries_counted(lambda: queries.current("1003", QUARTER)) == few


def test_an_unknown_district_and_missing_boundaries_are_refused(app, shelf):
    with pytest.raises(DistrictUnknown):
        operations.write("9999", QUARTER)
    assert not shelf.exists()


def test_without_boundaries_there_is_no_summary(app):
    with pytest.raises(NoBoundaries):
        operations.write("1003", QUARTER)


def test_a_failed_print_leaves_the_earlier_summary_alone(shelf, renderer, monkeypatch):
    before = operations.write("1003", QUARTER, renderer=renderer).pdf.read_bytes()
    admit()

    def refuse(*_):
        raise DocumentRefused("out of ink")

    monkeypatch.setattr(Renderer, "print", refuse)
    with pytest.raises(DocumentRefused):
        operations.write("1003", QUARTER)
    folder = shelf / "drafts" / "2026-Q3"
    assert (folder / "1003-laski.pdf").read_bytes() == before
    assert len(list(folder.iterdir())) == 2


def test_one_failing_district_stops_no_other(shelf, renderer, monkeypatch):
    real = queries.ground

    def ground(code):
        if code == "1003":
            raise RuntimeError("a hole in the ground")
        return real(code)

    monkeypatch.setattr(operations.queries, "ground", ground)
    outcomes = list(operations.write_each(["1003", "1019"], QUARTER, Edition.PUBLIC, "pl", renderer))
    assert {outcome.code: type(outcome).__name__ for outcome in outcomes} == {"1003": "NotWritten", "1019": "Written"}


def test_writing_by_a_person_leaves_a_trail(shelf, renderer):
    from consult.audit.models import AuditEntry
    from consult.db import db

    unit()
    author = officer()
    operations.write("1003", QUARTER, renderer=renderer, actor_id=author.id)
    entry = db.session.query(AuditEntry).filter_by(object_kind="summary").one()
    assert (entry.actor_id, entry.act, entry.object_id) == (author.id, "write", "1003")
