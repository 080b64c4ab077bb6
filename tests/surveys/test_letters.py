"""Letters: what stands on them, what their square codes say, and that they and their codes come together or not at all."""

import io
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from consult.db import db
from consult.documents import qr
from consult.documents.rendering import DocumentRefused, Renderer
from surveys import codes
from surveys.models import Access, Invitation
from surveys.operations import inviting, managing, papers
from surveys.operations.papers import Letter
from surveys.queries import invitations
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.pages import Page
from tests.surveys.makers import SMALL, survey

LIST = (
    "addressee;street;postcode;town;commune;email;language\n"
    "Jan Śmiały;Kwiatowa 1;98-170;Widawa;Widawa;;\n"
    "Олена Коваль;Leśna 2;98-170;Widawa;Widawa;;uk\n"
    ";;;;;ala@example.pl;\n"
    ";;;;;bob@example.pl;en\n"
)


@pytest.fixture
def invited(world):
    return survey(access=Access.INVITATION)


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=["surveys", "invite", "krotka", *map(str, arguments)])


@pytest.fixture
def broken_press(monkeypatch):
    def refuse(*_):
        raise DocumentRefused("no ink")
        yield

    monkeypatch.setattr(Renderer, "print_each", refuse)
    monkeypatch.setattr(Renderer, "print", _refused)


def _refused(*_):
    raise DocumentRefused("no ink")


def pages(content):
    return [page.extract_text().replace("\xa0", " ") for page in PdfReader(io.BytesIO(content)).pages]


def code_on(page):
    """The code as somebody reads it from a letter."""
    found = re.search(r"((?:[0-9A-Z]{4}\s+){6}[0-9A-Z]{4})", page)
    return codes.normalised(found[1])


def count():
    return db.session.scalar(select(func.count()).select_from(Invitation))


def is_admitted(code):
    return db.session.scalar(select(Invitation.code_hmac).where(Invitation.code_hmac == invitations.kept(code)))


def printed(made, *letters, **facts):
    with Renderer() as renderer:
        return papers.print_at_once(made, letters, renderer, **facts)


# --- a letter ----------------------------------------------------------------------------------------------------------


@pytest.mark.printed
def test_a_letter_says_who_asks_where_until_when_and_with_which_code(world):
    made = survey(access=Access.INVITATION, closes_at=datetime(2030, 1, 31, 23, 0, tzinfo=UTC))
    code = codes.new_code()
    (page,) = pages(printed(made, Letter(code, ("Jan Śmiały", "Kwiatowa 1", "98-170 Widawa")), contact="tel. 47 111"))
    for words in ("Jan Śmiały", "98-170 Widawa", "Komenda Powiatowa Policji w Łasku", "Krótka ankieta", "tel. 47 111"):
        assert words in page
    assert "127.0.0.1:8000/surveys/krotka/answer" in page
    assert "http" not in page
    assert "31 stycznia 2030" in page
    assert "112" in page
    assert code_on(page) == code


@pytest.mark.printed
def test_each_letter_is_in_its_own_language_and_one_page(invited):
    letters = [Letter(codes.new_code(), language=language) for language in ("uk", "pl", "en", "uk")]
    found = pages(printed(invited, *letters))
    assert [code_on(page) for page in found] == [letter.code for letter in letters]
    assert [bool(re.search("[а-я]{4}", page)) for page in found][1:3] == [False, False]
    assert "Short" not in found[1]


def test_a_letter_without_an_address_names_the_commune(invited):
    first, second = pages(
        printed(invited, Letter(codes.new_code(), area_code="1003042"), Letter(codes.new_code(), ("Jan", "A 1", "W")))
    )
    assert "Widawa" in first
    assert "Widawa" not in second


@pytest.mark.printed
def test_the_longest_letter_still_fits_a_page(world):
    wordy = "Zdanie o bezpieczeństwie w naszej okolicy, które ma około osiemdziesięciu znaków. " * 30
    text = SMALL.replace("| form_title  |", "| kmzb::intro::Polski (pl) | form_title |")
    text = text.replace("| Krótka ankieta |", f"| {wordy} | {'Długi tytuł ankiety ' * 6} |")
    made = survey(text, access=Access.INVITATION, unit=unit())
    lines = ("A" * 35 + " " + "B" * 34, "C" * 35 + " " + "D" * 34, "98-170 " + "E" * 60)
    assert len(pages(printed(made, Letter(codes.new_code(), lines), contact="t" * 120))) == 1


def test_the_code_stands_behind_the_hash_and_in_no_query(invited):
    code = codes.new_code()
    assert papers.answer_url(invited, code) == f"http://127.0.0.1:8000/surveys/krotka/answer#{code}"


def test_letters_carry_square_codes_that_a_camera_reads(invited, tmp_path):
    for program in ("pdftoppm", "zbarimg"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    letters = [Letter(codes.new_code()) for _ in range(2)]
    (tmp_path / "letters.pdf").write_bytes(printed(invited, *letters))
    subprocess.run(["pdftoppm", "-r", "100", "-png", "letters.pdf", "page"], cwd=tmp_path, check=True)
    for letter, image in zip(letters, sorted(tmp_path.glob("page*.png")), strict=True):
        read = subprocess.run(["zbarimg", "-q", "--raw", str(image)], capture_output=True, text=True, check=False)
        assert read.stdout.strip() == papers.answer_url(invited, letter.code)


def test_a_picture_of_a_square_code_holds_the_same_modules_as_the_drawing():
    from PIL import Image

    image = Image.open(io.BytesIO(qr.picture("https://example.org/#ABCD"))).convert("L")
    matrix = qr.segno.make_qr("https://example.org/#ABCD", error="m", boost_error=False).matrix
    side = len(matrix) + 2 * qr.QUIET_ZONE
    assert image.size == (side * qr.PIXELS, side * qr.PIXELS)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            middle = [(place + qr.QUIET_ZONE) * qr.PIXELS + qr.PIXELS // 2 for place in (x, y)]
            assert (image.getpixel(tuple(middle)) == 0) == bool(dark)


@pytest.mark.printed
def test_letters_are_tagged_for_screen_readers(invited):
    reader = PdfReader(io.BytesIO(printed(invited, Letter(codes.new_code()))))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "pl"


# --- the command -------------------------------------------------------------------------------------------------------


def test_so_many_letters_for_a_commune(invited, run, tmp_path):
    out = tmp_path / "letters.pdf"
    result = run("--count", 3, "--area", "100304", "--out", out)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"invited": 3, "letters": 3, "mails": 0, "not_sent": 0, "files": [str(out)]}
    found = [code_on(page) for page in pages(out.read_bytes())]
    assert len(set(found)) == 3
    assert all(is_admitted(code) for code in found)
    assert db.session.scalars(select(Invitation.area_code)).all() == ["1003042"] * 3
    assert out.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [out]


def test_many_letters_become_several_files_in_their_order(invited, run, tmp_path, monkeypatch):
    monkeypatch.setattr(papers, "LETTERS_A_DOCUMENT", 2)
    result = run("--count", 5, "--out", tmp_path / "letters.pdf", "--workers", 2)
    assert result.exit_code == 0, result.output
    files = json.loads(result.stdout)["files"]
    assert files == [str(tmp_path / f"letters-{number:03}.pdf") for number in (1, 2, 3)]
    found = [code_on(page) for name in files for page in pages(Path(name).read_bytes())]
    assert len(set(found)) == 5
    assert all(is_admitted(code) for code in found)


def test_a_list_becomes_letters_and_mails(invited, run, tmp_path, letters):
    (tmp_path / "list.csv").write_text(LIST)
    result = run("--list", tmp_path / "list.csv", "--out", tmp_path / "letters.pdf", "--contact", "tel. 47 222")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert (summary["invited"], summary["letters"], summary["mails"], summary["not_sent"]) == (4, 2, 2, 0)
    first, second = pages((tmp_path / "letters.pdf").read_bytes())
    assert "Jan Śmiały" in first
    assert "Олена Коваль" in second
    assert [letter.to for letter in letters] == [["ala@example.pl"], ["bob@example.pl"]]
    for letter in letters:
        (code,) = re.findall(r"krotka/answer#(\w{28})\n", letter.body)
        assert is_admitted(code)
        assert codes.shown(code) in letter.body
        assert "tel. 47 222" in letter.body
        assert "\n\n\n" not in letter.body
    assert count() == 4


def test_mails_alone_need_no_file(invited, run, tmp_path, letters):
    (tmp_path / "list.csv").write_text("email\nala@example.pl\n")
    assert run("--list", tmp_path / "list.csv").exit_code == 0
    assert len(letters) == 1


def test_whoever_could_not_be_sent_to_is_named_and_the_code_is_taken_back(invited, run, tmp_path, letters, monkeypatch):
    from consult.mail.operations import send
    from surveys.operations import mailing

    def sometimes(to, *more, **facts):
        if to.startswith("ala"):
            raise OSError("no such host")
        send(to, *more, **facts)

    monkeypatch.setattr(mailing, "send", sometimes)
    (tmp_path / "list.csv").write_text(LIST)
    result = run("--list", tmp_path / "list.csv", "--out", tmp_path / "letters.pdf")
    assert result.exit_code == 1
    assert "ala@example.pl" in result.stderr
    assert "bob@example.pl" not in result.stderr
    summary = json.loads(result.stdout)
    assert (summary["invited"], summary["not_sent"]) == (3, 1)
    assert count() == 3


def test_a_dead_mail_server_is_not_asked_for_every_address(invited, run, tmp_path, monkeypatch):
    from surveys.operations import mailing

    asked = []

    def dead(to, *_more, **_facts):
        asked.append(to)
        raise OSError("timed out")

    monkeypatch.setattr(mailing, "send", dead)
    (tmp_path / "list.csv").write_text("email\n" + "".join(f"a{n}@example.pl\n" for n in range(20)))
    result = run("--list", tmp_path / "list.csv")
    assert result.exit_code == 1
    assert len(asked) == mailing.MOST_IN_A_ROW
    assert json.loads(result.stdout)["not_sent"] == 20
    assert count() == 0


def test_a_dry_run_prints_sends_and_writes_nothing(invited, run, tmp_path):
    (tmp_path / "list.csv").write_text(LIST)
    result = run("--list", tmp_path / "list.csv", "--out", tmp_path / "letters.pdf", "--dry-run")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"invited": 0, "letters": 2, "mails": 2, "not_sent": 0, "files": []}
    assert not (tmp_path / "letters.pdf").exists()
    assert count() == 0


def test_a_wrong_list_invites_nobody(invited, run, tmp_path):
    (tmp_path / "list.csv").write_text(LIST + ";Leśna 5;;;;;\n")
    result = run("--list", tmp_path / "list.csv", "--out", tmp_path / "letters.pdf")
    assert result.exit_code == 1
    assert "6" in result.stderr
    assert result.stdout == ""
    assert count() == 0


def test_a_press_that_fails_leaves_neither_codes_nor_files(invited, run, tmp_path, broken_press):
    result = run("--count", 3, "--out", tmp_path / "letters.pdf")
    assert result.exit_code == 1
    assert "no ink" in result.stderr
    assert count() == 0
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_fails_leaves_no_files(invited, run, tmp_path, monkeypatch):
    monkeypatch.setattr(papers, "LETTERS_A_DOCUMENT", 2)
    real = inviting.admit

    def admit(*arguments):
        real(*arguments)
        raise OSError("the disk is full")

    monkeypatch.setattr(inviting, "admit", admit)
    assert isinstance(run("--count", 3, "--out", tmp_path / "letters.pdf").exception, OSError)
    assert count() == 0
    assert list(tmp_path.iterdir()) == []


def test_files_that_cannot_be_placed_leave_no_codes(invited, run, tmp_path, monkeypatch):
    from surveys.commands import inviting as command

    monkeypatch.setattr(papers, "LETTERS_A_DOCUMENT", 2)
    real = command._targets
    monkeypatch.setattr(command, "_targets", lambda out, n: [*real(out, n)[:1], tmp_path / "gone" / "x.pdf"])
    assert isinstance(run("--count", 3, "--out", tmp_path / "letters.pdf").exception, OSError)
    assert count() == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["letters.pdf", "letters-001.pdf"])
def test_letters_that_are_there_are_not_written_over(invited, run, tmp_path, name):
    (tmp_path / name).write_bytes(b"codes in use")
    result = run("--count", 1, "--out", tmp_path / "letters.pdf")
    assert result.exit_code == 1
    assert (tmp_path / name).read_bytes() == b"codes in use"
    assert count() == 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 2),
        (("--count", "3"), 2),
        (("--count", "0", "--out", "x.pdf"), 2),
        (("--count", "3", "--area", "1019042", "--out", "x.pdf"), 1),
        (("--count", "3", "--out", "/no/such/folder/x.pdf"), 1),
    ],
)
def test_a_wrong_call_says_what_is_missing(invited, run, arguments, status):
    result = run(*arguments)
    assert result.exit_code == status
    assert result.stderr
    assert count() == 0


def test_an_unknown_or_open_survey_is_refused(world, run, tmp_path):
    assert run("--count", 1, "--out", tmp_path / "x.pdf").exit_code == 1
    survey()
    result = run("--count", 1, "--out", tmp_path / "x.pdf")
    assert result.exit_code == 1
    assert result.stdout == ""


# --- the page ----------------------------------------------------------------------------------------------------------

PAGE = "/surveys/krotka/invitations"


def test_a_coordinator_prints_letters_and_sees_no_code(invited, client):
    page = Page(sign_in(client, coordinator()), PAGE)
    answer = page.send(count="2", area_code="1003042", language="uk", contact="tel. 47 333")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    found = pages(answer.data)
    drawn = [code_on(one) for one in found]
    assert all(is_admitted(code) for code in drawn)
    assert "tel. 47 333" in found[0]
    after = client.get(PAGE).text
    assert not any(codes.shown(code) in after or code in after for code in drawn)


def test_a_list_is_printed_from_the_page(invited, client):
    page = Page(sign_in(client, coordinator()), PAGE)
    content = "street;town;language\nKwiatowa 1;Widawa;pl\nLeśna 2;Widawa;uk\n".encode()
    answer = page.send(addresses=(io.BytesIO(content), "list.csv"))
    assert answer.mimetype == "application/pdf"
    assert len(pages(answer.data)) == count() == 2


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"count": "0"},
        {"count": "201"},
        {"count": "many"},
        {"count": "3", "area_code": "9999999"},
        {"count": "3", "language": "de"},
        {"addresses": b"street;town\n;Widawa\n"},
        {"addresses": b"email\nala@example.pl\n"},
        {"addresses": b"street;town\n" + b"".join(b"A %d;Widawa\n" % n for n in range(201))},
        {"addresses": b"street;town\nA 1;Widawa\n", "count": "3"},
    ],
)
def test_a_wrong_form_invites_nobody(invited, client, sent):
    page = Page(sign_in(client, coordinator()), PAGE)
    sent = {name: (io.BytesIO(value), "list.csv") if name == "addresses" else value for name, value in sent.items()}
    answer = page.send(**sent)
    assert answer.status_code == 422
    assert count() == 0


def test_a_press_that_fails_is_told_on_the_page(invited, client, broken_press):
    answer = Page(sign_in(client, coordinator()), PAGE).send(count="2")
    assert answer.status_code == 422
    assert count() == 0


def test_the_page_counts_and_takes_back(invited, client):
    author = coordinator()
    inviting.issue(author, invited, 30, "1003042")
    db.session.commit()
    page = Page(sign_in(client, author), PAGE)
    assert [cell.text for cell in page.soup.select("tbody td")] == ["30", "0"]
    page.send(f"{PAGE}/revoke")
    assert count() == 0


def test_an_open_survey_has_no_form_for_letters(world, client):
    survey()
    page = Page(sign_in(client, coordinator()), PAGE)
    assert not page.soup.select("main form")
    assert client.post(PAGE, data={"count": "2"}).status_code in {400, 422}


def test_only_the_coordinator_of_the_scope_invites(invited, client, elsewhere):
    assert sign_in(client, officer()).get(PAGE).status_code == 403
    assert sign_in(elsewhere(), coordinator(unit("1019"))).get(PAGE).status_code == 404
    assert elsewhere().get(PAGE).status_code == 302


# --- the poster --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("maker", [coordinator, head, officer])
def test_an_open_survey_has_a_poster(world, client, maker):
    made = survey()
    answer = sign_in(client, maker()).get("/surveys/krotka/poster.pdf")
    assert answer.mimetype == "application/pdf"
    (page,) = pages(answer.data)
    for words in ("Krótka ankieta", papers.typed_address(made), "112"):
        assert words in page


def test_a_survey_by_invitation_has_no_poster(invited, client):
    assert sign_in(client, coordinator()).get("/surveys/krotka/poster.pdf").status_code == 404


@pytest.mark.printed
def test_the_poster_speaks_the_language_asked_for_if_the_survey_does(world, client):
    survey()
    sign_in(client, coordinator())
    langs = {
        wanted: PdfReader(io.BytesIO(client.get(f"/surveys/krotka/poster.pdf?language={wanted}").data)).trailer[
            "/Root"
        ]["/Lang"]
        for wanted in ("en", "pl", "uk", "xx")
    }
    assert langs == {"en": "en", "pl": "pl", "uk": "pl", "xx": "pl"}


def test_a_survey_that_ends_says_so_to_those_who_would_invite(invited, client):
    managing.close(coordinator(), invited)
    db.session.commit()
    assert not Page(sign_in(client, coordinator()), PAGE).soup.select("main form")
