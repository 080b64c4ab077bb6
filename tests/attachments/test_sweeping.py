"""Files wait for their form, belong to somebody, and leave the disk when nobody has them any more."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from consult.attachments import jobs, operations, queries
from consult.attachments.models import Attachment
from consult.attachments.sifting import Kind, sift
from consult.clock import now
from consult.db import db
from tests.attachments.makers import PDF, photo

OWNER = ("tests.page", "key of somebody")
OTHER = ("tests.page", "key of another")
TWO_DAYS = timedelta(days=2)


@pytest.fixture(autouse=True)
def folder(app, tmp_path, monkeypatch):
    """A folder of this test alone."""
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    return tmp_path / "attachments"


def on_disk(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def given(*contents, owner=OWNER):
    operations.hold(*owner, [sift(content) for content in contents])
    operations.bind(*owner)
    db.session.commit()
    return queries.of(*owner)


def aged(folder, age=TWO_DAYS):
    """Let everything in the folder be older."""
    then = (now() - age).timestamp()
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (then, then))


def test_what_waits_is_given_to_its_owner_alone_and_in_its_order():
    operations.hold(*OTHER, [sift(photo(colour="red"))])
    kept = given(photo(), PDF)
    assert [(file.kind, file.position) for file in kept] == [(Kind.PHOTO, 1), (Kind.PDF, 2)]
    assert queries.of(*OTHER) == []


def test_files_have_names_of_ours_and_nobody_else_reads_them(folder):
    kept = given(photo(), PDF)
    assert all(len(file.name) == 32 and int(file.name, 16) for file in kept)
    assert [queries.folder().path(file.kind, file.name).parent.parent.name for file in kept] == ["photos", "quarantine"]
    assert {path.stat().st_mode & 0o777 for path in on_disk(folder)} == {0o600}


def test_the_same_file_twice_waits_once():
    operations.hold(*OWNER, [sift(photo())])
    assert len(given(photo(), photo())) == 1


def test_at_most_three_files_get_an_owner_whatever_waits():
    assert len(given(*(photo(size=(8, 8 + k)) for k in range(5)))) == 3


def test_what_is_taken_back_does_not_wait():
    operations.hold(*OWNER, [sift(photo()), sift(PDF)])
    operations.drop(*OWNER, [sift(PDF).digest, "../../secret_key", "\x00"])
    assert [one.kind for one in queries.held(*OWNER)] == [Kind.PHOTO]


@pytest.mark.parametrize("name", ["", "x" * 32, "../../secret_key", "0" * 31, "0" * 33, "0" * 31 + "\x00", "A" * 32])
def test_what_is_no_name_of_ours_finds_nothing(name):
    with pytest.raises(NoResultFound):
        queries.by_name(name)


def test_erased_files_are_seen_by_nobody_and_leave_the_disk(folder):
    name = given(photo(), PDF)[0].name
    operations.erase(*OWNER)
    db.session.commit()
    assert queries.of(*OWNER) == []
    with pytest.raises(NoResultFound):
        queries.by_name(name)
    assert jobs.sweep_gone() == "erased files 2"
    assert on_disk(folder) == []
    assert db.session.scalars(select(Attachment)).all() == []
    assert jobs.sweep_gone() == ""


def test_a_sweep_that_dies_half_way_is_finished_by_the_next(folder):
    kept = given(photo(), PDF)
    operations.erase(*OWNER)
    db.session.commit()
    queries.folder().remove(kept[0].kind, kept[0].name)
    assert jobs.sweep_gone() == "erased files 2"


def test_what_was_never_sent_is_forgotten_after_a_day(folder):
    operations.hold(*OWNER, [sift(photo())])
    aged(folder, timedelta(hours=23))
    assert jobs.sweep_gone() == ""
    aged(folder, timedelta(hours=25))
    assert jobs.sweep_gone() == "forms never sent 1"
    assert on_disk(folder) == []


def test_a_file_whose_transaction_failed_is_swept_after_a_day_and_no_other(folder):
    given(PDF, owner=OTHER)
    queries.folder().let_go(queries.owner_of(*OTHER))
    operations.hold(*OWNER, [sift(photo())])
    operations.bind(*OWNER)
    db.session.rollback()
    queries.folder().let_go(queries.owner_of(*OWNER))
    assert jobs.sweep_orphans() == ""
    aged(folder)
    assert jobs.sweep_orphans() == "files without a row 1"
    assert [path.parent.parent.name for path in on_disk(folder)] == ["quarantine"]


def test_the_same_file_may_come_again_after_it_was_erased():
    given(photo())
    operations.erase(*OWNER)
    db.session.commit()
    assert len(given(photo())) == 1
