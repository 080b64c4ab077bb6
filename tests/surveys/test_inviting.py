"""Inviting: lists that are read, codes that are kept as HMACs only, and counts that name nobody."""

import io
import random
import zipfile

import pytest
from openpyxl import Workbook
from sqlalchemy import select, text

from consult.db import db
from surveys import addressees, codes
from surveys.addressees import Addressee, ListRefused, Wrong
from surveys.list_complaints import fault_in_words
from surveys.models import Access, Invitation
from surveys.operations import inviting, managing
from surveys.queries import invitations
from surveys.queries.invitations import Turnout
from tests.accounts.makers import coordinator
from tests.surveys.makers import survey

COMMUNES = addressees.communes_by_name([("1003023", "Łask"), ("1003042", "Widawa"), ("1019042", "Łask")])
ONE = "street;town\nKwiatowa 1;Widawa\n"


def read(text, communes=COMMUNES):
    return addressees.read(text if isinstance(text, bytes) else text.encode(), communes)


def faults(text):
    with pytest.raises(ListRefused) as refused:
        read(text)
    assert all(fault_in_words(fault) for fault in refused.value.faults)
    return [(fault.wrong, fault.row) for fault in refused.value.faults]


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- lists -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("comma", [";", ","])
@pytest.mark.parametrize(
    "header", ["addressee{0}street{0}postcode{0}town{0}commune", "Adresat{0}Ulica{0}Kod pocztowy{0}Miejscowość{0}GMINA"]
)
def test_a_csv_is_read_with_either_comma_and_mark(mark, comma, header):
    row = comma.join(["Jan Kowalski", "Kwiatowa 1", "98-170", "Widawa", "widawa"])
    (found,) = read(mark + header.format(comma) + "\r\n" + row + "\r\n\r\n")
    assert found == Addressee(2, "Jan Kowalski", "Kwiatowa 1", "98-170", "Widawa", area_code="1003042")
    assert found.lines == ("Jan Kowalski", "Kwiatowa 1", "98-170 Widawa")


def test_a_workbook_is_read_and_what_is_called_otherwise_is_not():
    (first, second) = read(
        workbook(
            ["pesel", "street", "town", "e-mail", "język", "commune"],
            ["80010112345", "Kwiatowa 1", "Widawa", None, "Українська", 1003042.0],
            [None, None, None, "ola@example.pl", "en", None],
        )
    )
    assert (first.lines, first.language, first.area_code) == (("Kwiatowa 1", "Widawa"), "uk", "1003042")
    assert (second.email, second.language, second.has_street) == ("ola@example.pl", "en", False)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("Kwiatowa 1;;;;;", Wrong.NO_ADDRESS),
        (";Widawa;;;;", Wrong.NO_ADDRESS),
        (";;;ola@;;", Wrong.EMAIL),
        (";;;ola@example.pl, ala@example.pl;;", Wrong.EMAIL),
        ("Kwiatowa 1;Widawa;98170;;;", Wrong.POSTCODE),
        ("Kwiatowa 1;Widawa;;;de;", Wrong.LANGUAGE),
        ("Kwiatowa 1;Widawa;;;;Kutno", Wrong.COMMUNE),
        ("Kwiatowa 1;Widawa;;;;Łask", Wrong.COMMUNE_UNCLEAR),
        (f"{'K' * 71};Widawa;;;;", Wrong.TOO_LONG),
        ("Kwiatowa\u202e1;Widawa;;;;", Wrong.CONTROL),
        ("kwiatowa 2;WIDAWA;;;;", Wrong.TWICE),
        (";;;Ala@Example.pl;;", Wrong.TWICE),
    ],
)
def test_a_wrong_row_refuses_the_list(row, wrong):
    start = "street;town;postcode;email;language;commune\nKwiatowa 2;Widawa;;;;\n;;;ala@example.pl;;\n"
    assert faults(f"{start}{row}\nKwiatowa 3;Widawa;;;;1003042\n") == [(wrong, 4)]


def test_every_fault_is_told_with_its_row():
    assert faults("street;town;email\n;;x\nA 1;;\nB 2;Widawa;\n") == [(Wrong.EMAIL, 2), (Wrong.NO_ADDRESS, 3)]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", Wrong.NO_COLUMNS),
        (b"a;b\n1;2\n", Wrong.NO_COLUMNS),
        (b"street;town;Ulica\nA;B;C\n", Wrong.COLUMN_TWICE),
        (b"street;town\n", Wrong.EMPTY),
        (b"street;town\n;\n", Wrong.EMPTY),
        ("street;town\nŁąkowa;Łask\n".encode("cp1250"), Wrong.NOT_UTF8),
        (b"PK\x03\x04 no workbook", Wrong.NOT_A_WORKBOOK),
        (b"street;town\n" + b'"' * 400_000 + b"\n", Wrong.NOT_A_WORKBOOK),
        (ONE.encode() + b"A;B\n" * 20_000, Wrong.TOO_MANY_ROWS),
        (b"x" * (addressees.MAX_BYTES + 1), Wrong.TOO_LARGE),
    ],
)
def test_what_is_no_list_is_refused_whole(content, wrong):
    assert faults(content)[0][0] is wrong


def test_a_zip_bomb_is_not_inflated():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (addressees.LIMITS.inflated + 1))
    assert faults(stream.getvalue()) == [(Wrong.TOO_LARGE, 0)]


def test_a_list_is_read_from_a_workbook_without_macros():
    book = Workbook()
    book.active.append(["Ulica", "Miejscowość"])
    book.active.append(["Łąkowa 1", "Łask"])
    stream = io.BytesIO()
    book.save(stream)
    assert [one.lines for one in addressees.read(stream.getvalue(), {})] == [("Łąkowa 1", "Łask")]
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert faults(stream.getvalue()) == [(Wrong.NOT_A_WORKBOOK, 0)]


# --- codes -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def invited(world):
    return survey(access=Access.INVITATION)


def rows(made):
    return db.session.execute(select(Invitation).where(Invitation.survey_id == made.id)).scalars().all()


def test_codes_are_given_once_and_only_their_hmacs_are_kept(invited):
    drawn = inviting.issue(coordinator(), invited, 50, "1003042")
    kept = rows(invited)
    assert len(set(drawn)) == len(kept) == 50
    assert {row.code_hmac for row in kept} == {invitations.kept(code) for code in drawn}
    assert not any(row.is_used for row in kept)
    assert {row.area_code for row in kept} == {"1003042"}
    everything = str(db.session.execute(text("SELECT * FROM survey_invitation")).all())
    trail = str(db.session.execute(text("SELECT * FROM audit_entry")).all())
    assert not any(code in everything + trail for code in drawn)


def test_rows_are_written_in_an_order_that_says_nothing_of_the_list(invited, monkeypatch):
    written = []
    real = db.session.execute
    monkeypatch.setattr(
        db.session, "execute", lambda statement, rows=None, **more: written.extend(rows or ()) or real(statement, rows)
    )
    drawn = inviting.issue(coordinator(), invited, 60)
    order = [row["code_hmac"] for row in written]
    assert order == sorted(order)
    assert order != [invitations.kept(code) for code in drawn]


def test_more_codes_than_one_statement_takes(invited):
    inviting.issue(coordinator(), invited, inviting.AT_ONCE + 1)
    assert invitations.total(invitations.turnout(invited)).invited == inviting.AT_ONCE + 1


@pytest.mark.parametrize("facts", [{"access": Access.OPEN}, {"access": Access.STAFF}, {"published": False}])
def test_nobody_is_invited_where_no_code_would_help(world, facts):
    made = survey(**{"access": Access.INVITATION} | facts)
    with pytest.raises(inviting.NotByInvitation):
        inviting.issue(coordinator(), made, 1)
    assert rows(made) == []


def test_nobody_is_invited_to_what_is_over(invited):
    managing.close(coordinator(), invited)
    with pytest.raises(inviting.NotByInvitation):
        inviting.issue(coordinator(), invited, 1)


def use(made, drawn):
    for code in drawn:
        db.session.get(Invitation, (made.id, invitations.kept(code))).is_used = True
    db.session.flush()


def test_unused_codes_are_taken_back_and_used_ones_stay(invited):
    author = coordinator()
    drawn = inviting.issue(author, invited, 12)
    use(invited, drawn[:2])
    assert inviting.revoke(author, invited, drawn[:5]) == 3
    assert inviting.revoke_unused(author, invited) == 7
    assert {row.code_hmac for row in rows(invited)} == {invitations.kept(code) for code in drawn[:2]}
    assert inviting.revoke_unused(author, invited) == 0


def test_codes_of_another_survey_stay(invited):
    author, other = coordinator(), survey(slug="inna", access=Access.INVITATION)
    drawn = inviting.issue(author, other, 3)
    assert inviting.revoke(author, invited, drawn) == inviting.revoke_unused(author, invited) == 0
    assert len(rows(other)) == 3


# --- counts ------------------------------------------------------------------------------------------------------------


def test_it_counts_by_area_without_who(invited):
    author = coordinator()
    drawn = inviting.issue(author, invited, 30, "1003042")
    inviting.issue(author, invited, 11, "1003023")
    inviting.issue(author, invited, 2, "")
    use(invited, drawn[:7])
    assert invitations.turnout(invited) == [Turnout(30, 7, ("1003042",)), Turnout(13, 0, ("", "1003023"))]
    assert invitations.total(invitations.turnout(invited)).answered == 7
    assert invitations.unused(invited) == 36


def test_no_area_too_small_to_show_can_be_worked_out():
    lots = random.Random(7)
    for _ in range(500):
        areas = [Turnout(lots.randint(1, 25), 0, (str(place),)) for place in range(lots.randint(0, 6))]
        shown = invitations.shown_together(areas)
        assert sum(area.invited for area in shown) == sum(area.invited for area in areas)
        small = sum(area.invited for area in areas) < invitations.FEWEST_TO_SHOW
        assert all(area.invited >= invitations.FEWEST_TO_SHOW for area in shown) or (small and len(shown) == 1)


def test_what_is_kept_is_what_answering_looks_for(invited):
    from surveys.operations import answering

    (code,) = inviting.issue(coordinator(), invited, 1)
    assert answering.check_invitation(invited, code)
    typed = codes.normalised(codes.shown(code).lower())
    assert answering.check_invitation(invited, typed)
    use(invited, [code])
    assert not answering.check_invitation(invited, code)
