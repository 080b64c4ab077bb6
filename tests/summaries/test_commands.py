"""`flask summaries write`: codes, periods, all districts, and what it says when something is wrong."""

import json

import pytest

from consult.documents.rendering import Renderer
from consult.summaries import commands, operations
from tests.factories import admit


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=["summaries", "write", *arguments])


def files(shelf):
    return sorted(str(path.relative_to(shelf)) for path in shelf.rglob("*.*") if path.suffix != ".jsonl")


def test_it_writes_a_pdf_and_a_data_file_as_a_draft_and_shows_no_progress_in_a_pipe(shelf, run):
    admit()
    result = run("1003", "--period", "2026-Q3")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"written": 1, "unchanged": 0, "refused": 0}
    assert files(shelf) == ["drafts/2026-Q3/1003-laski.json", "drafts/2026-Q3/1003-laski.pdf"]


def test_all_districts_in_both_editions_and_languages(shelf, run):
    assert run("--all", "--period", "2026-07", "--edition", "internal", "--language", "en").exit_code == 0
    assert files(shelf) == [
        "internal/2026-07/1003-laski.en.json",
        "internal/2026-07/1003-laski.en.pdf",
        "internal/2026-07/1019-zdunskowolski.en.json",
        "internal/2026-07/1019-zdunskowolski.en.pdf",
    ]


@pytest.mark.own_press
def test_several_workers_write_the_same_bytes(shelf, run):
    admit()
    assert run("1003", "1019", "--period", "2026").exit_code == 0
    folder = shelf / "drafts" / "2026"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.unlink()
    assert run("--all", "--period", "2026", "--workers", "2").exit_code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_did_not_change_is_not_printed_again(shelf, run, monkeypatch):
    admit()
    assert run("--all", "--period", "2026-Q3").exit_code == 0
    monkeypatch.setattr(Renderer, "print", lambda *_: pytest.fail("printed again"))
    assert json.loads(run("--all", "--period", "2026-Q3").stdout) == {"written": 0, "unchanged": 2, "refused": 0}


def test_a_run_that_was_killed_goes_on_with_the_districts_that_are_missing(shelf, run, monkeypatch):
    admit()
    real = commands.operations.keep

    def killed(prepared, *more):
        if prepared.slot.code == "1019":
            raise KeyboardInterrupt
        return real(prepared, *more)

    monkeypatch.setattr(commands.operations, "keep", killed)
    assert run("--all", "--period", "2026-Q3").exit_code != 0
    assert files(shelf) == ["drafts/2026-Q3/1003-laski.json", "drafts/2026-Q3/1003-laski.pdf"]
    monkeypatch.setattr(commands.operations, "keep", real)
    again = run("--all", "--period", "2026-Q3")
    assert again.exit_code == 0
    assert json.loads(again.stdout) == {"written": 1, "unchanged": 1, "refused": 0}
    lines = [json.loads(line) for line in (shelf / "journal" / "2026-Q3-public-pl.jsonl").read_text().splitlines()]
    assert [(line["code"], line["outcome"]) for line in lines if "code" in line] == [
        ("1003", "written"),
        ("1003", "unchanged"),
        ("1019", "written"),
    ]
    assert lines[-1]["ended"] == {"written": 1, "unchanged": 1}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("1003", "9999", "--period", "2026-Q3"), "9999"),
        (("10", "--period", "2026-Q3"), "10"),
        (("1003", "--period", "2026-Q5"), "2026-Q5"),
        (("1003", "--period", "lato"), "lato"),
        (("../../etc", "--period", "2026"), "../../etc"),
    ],
)
def test_an_unknown_code_or_period_is_named_and_nothing_is_written(shelf, run, arguments, named):
    result = run(*arguments)
    assert result.exit_code == 1
    assert named in result.stderr
    assert result.stdout == ""
    assert not shelf.exists()


@pytest.mark.parametrize("arguments", [("--period", "2026"), ("1003",), ("1003", "--all", "--period", "2026")])
def test_usage_is_explained(shelf, run, arguments):
    assert run(*arguments).exit_code == 2


def test_without_boundaries_it_says_what_to_import(run):
    result = run("1003", "--period", "2026")
    assert result.exit_code == 1
    assert "flask districts import" in result.stderr


def test_a_failed_district_is_named_and_the_others_are_written(shelf, run, monkeypatch):
    real = operations.prepare

    def prepare(code, *more):
        if code == "1003":
            raise RuntimeError("a hole in the ground")
        return real(code, *more)

    monkeypatch.setattr(operations, "prepare", prepare)
    result = run("--all", "--period", "2026")
    assert result.exit_code == 1
    assert "1003" in result.stderr
    assert "a hole in the ground" in result.stderr
    assert json.loads(result.stdout) == {"written": 1, "unchanged": 0, "refused": 1}
    assert files(shelf) == ["drafts/2026/1019-zdunskowolski.json", "drafts/2026/1019-zdunskowolski.pdf"]
