"""`flask surveys invite`: letters with codes as PDF, thousands in one command, and letters by e-mail."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import click
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from consult.audit.operations import MACHINE
from consult.db import db, read_only, transaction
from consult.documents.rendering import DocumentRefused, Renderer
from surveys import addressees
from surveys.addressees import Addressee, ListRefused
from surveys.commands import group
from surveys.list_complaints import faults_in_words
from surveys.models import Survey
from surveys.operations import inviting, mailing, papers
from surveys.operations.papers import Letter
from surveys.queries import invitations
from surveys.queries import surveys as queries
from surveys.questions import LANGUAGES

MOST = 50_000
WORKERS = 2


@dataclass(frozen=True)
class _Machine:
    """Whoever invites from the command line."""

    id: int = MACHINE


@dataclass
class Invited:
    """Codes that were drawn, to whom they go, and what became of them."""

    letters: list[Letter] = field(default_factory=list)
    mails: list[tuple[str, Addressee]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    sent: int = 0

    @property
    def area_of(self) -> dict[str, str]:
        """The area of each code."""
        by_letter = {letter.code: letter.area_code for letter in self.letters}
        return by_letter | {code: person.area_code for code, person in self.mails}

    def summary(self, *, dry_run: bool) -> dict[str, Any]:
        """What the last line says."""
        admitted = 0 if dry_run else len(self.letters) + self.sent
        unsent = 0 if dry_run else len(self.mails) - self.sent
        counts = {"letters": len(self.letters), "mails": len(self.mails), "not_sent": unsent}
        return {"invited": admitted, **counts, "files": self.files}


@group.command("invite")
@click.argument("slug")
@click.option("--count", type=click.IntRange(1, MOST), help="So many letters without addresses.")
@click.option("--area", "area_code", default="", metavar="TERYT", help="The commune that --count is for.")
@click.option("--list", "list_file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--contact", default="", help="Whom to ask about the survey: a telephone, an address.")
@click.option("--language", type=click.Choice(LANGUAGES), default="pl", show_default=True, help="For --count.")
@click.option("--workers", type=click.IntRange(1, 32), default=WORKERS, show_default=True, help="Printing processes.")
@click.option("--dry-run", is_flag=True, help="Check everything; print, send and write nothing.")
@click.option("--quiet", is_flag=True, help="No progress.")
def invite(
    slug: str,
    count: int | None,
    area_code: str,
    list_file: Path | None,
    out: Path | None,
    contact: str,
    language: str,
    workers: int,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Invite people to the survey SLUG: so many letters (--count), or the people of a list (--list).

    The list is CSV or XLSX with the columns street and town, or email, and if wanted addressee, postcode, commune,
    language (pl, en, uk). It is read once and kept nowhere. Whoever has an e-mail address gets an e-mail, the others a
    page of the PDF. More than a hundred letters become several files, FILE-001.pdf and so on. Codes work from the
    moment all files are there; when anything fails before, none does.
    """
    if (count is None) == (list_file is None):
        raise click.UsageError("Say --count or --list.")
    with _reading():
        survey = _survey(slug)
        invited = _from_list(survey, list_file) if list_file else _counted(survey, count or 0, area_code, language)
        _check_out(invited, out)
        if not dry_run:
            with _printed(survey, invited, out, contact, workers=workers, quiet=quiet) as finished:
                _admit(slug, invited, finished, out)
    unsent = [] if dry_run else _send(slug, invited, contact, quiet=quiet)
    _tell_unsent(unsent)
    click.echo(json.dumps(invited.summary(dry_run=dry_run)))
    sys.exit(1 if unsent else 0)


@contextmanager
def _reading() -> Iterator[None]:
    """Read without keeping anyone from writing: thousands of letters take their time."""
    read_only(True)
    try:
        yield
    finally:
        db.session.rollback()
        read_only(False)


def _survey(slug: str) -> Survey:
    try:
        survey = queries.by_slug(slug)
        inviting.check(survey)
    except NoResultFound:
        _refuse([_("There is no survey named %(slug)s.", slug=slug)])
    except inviting.NotByInvitation:
        _refuse(
            [
                _("Nobody can be invited to this survey."),
                _("It must be published, not over, and answered only by people with a letter and a code."),
            ]
        )
    return survey


def _counted(survey: Survey, count: int, area_code: str, language: str) -> Invited:
    codes = [code for code, _called in invitations.areas(survey)]
    area = next((code for code in codes if area_code in {code, code[:6]}), "")
    if area_code and not area:
        _refuse([_("The survey’s area has no commune with the code %(code)s.", code=area_code)])
    return Invited([Letter(drawn, (), language, area) for drawn in inviting.draw(count)])


def _from_list(survey: Survey, path: Path) -> Invited:
    with path.open("rb") as opened:
        content = opened.read(addressees.MAX_BYTES + 1)
    try:
        people = addressees.read(content, invitations.communes(survey))
    except ListRefused as refused:
        _refuse([*faults_in_words(refused.faults), _("Nobody was invited.")])
    drawn = list(zip(inviting.draw(len(people)), people, strict=True))
    return Invited(
        [Letter(code, one.lines, one.language, one.area_code) for code, one in drawn if not one.email],
        [(code, one) for code, one in drawn if one.email],
    )


def _refuse(lines: Sequence[str]) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(1)


# Printing


def _check_out(invited: Invited, out: Path | None) -> None:
    """Write over no letters: their codes may be in use, and nobody could print them again."""
    if not invited.letters:
        return
    if out is None:
        raise click.UsageError("Say --out FILE.pdf: there are letters to print.")
    if not out.parent.is_dir():
        _refuse([_("There is no folder %(folder)s.", folder=out.parent)])
    if out.exists() or list(out.parent.glob(f"{out.stem}-[0-9][0-9][0-9]{out.suffix}")):
        _refuse([_("%(file)s is there already. Choose another name, or move it away.", file=out)])


@contextmanager
def _printed(
    survey: Survey, invited: Invited, out: Path | None, contact: str, *, workers: int, quiet: bool
) -> Iterator[list[Path]]:
    """Print beside where the files will stand; what is left there at the end is thrown away."""
    if not invited.letters or out is None:
        yield []
        return
    with TemporaryDirectory(prefix=".letters-", dir=out.parent) as folder:
        try:
            yield list(_files(survey, invited.letters, Path(folder), contact, workers=workers, quiet=quiet))
        except DocumentRefused as refused:
            _refuse([str(refused), _("Nobody was invited.")])


def _files(
    survey: Survey, letters: Sequence[Letter], folder: Path, contact: str, *, workers: int, quiet: bool
) -> Iterator[Path]:
    bar = click.progressbar(length=len(letters), label=_("Printing"), hidden=_hidden(quiet=quiet), file=sys.stderr)
    with Renderer(workers, papers.LETTER_LIMITS) as renderer, bar:
        printed = papers.print_letters(survey, letters, renderer, contact=contact)
        for number, (count, content) in enumerate(printed, 1):
            path = folder / f"{number:03}.pdf"
            path.touch(mode=0o600)  # codes are for whoever prints them, and for nobody else on this machine
            path.write_bytes(content)
            bar.update(count)
            yield path


def _admit(slug: str, invited: Invited, finished: Sequence[Path], out: Path | None) -> None:
    """Let the codes work and put the files where they belong, both or neither."""
    db.session.rollback()
    read_only(False)
    placed: list[Path] = []
    try:
        with transaction():
            inviting.admit(_Machine(), queries.by_slug(slug), invited.area_of)
            for path, target in zip(finished, _targets(out, len(finished)), strict=True):
                placed.append(path.rename(target))
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise
    invited.files = [str(path) for path in placed]


def _targets(out: Path | None, count: int) -> list[Path]:
    if out is None or count <= 1:
        return [out] if out and count else []
    return [out.with_name(f"{out.stem}-{number:03}{out.suffix}") for number in range(1, count + 1)]


# E-mail


def _send(slug: str, invited: Invited, contact: str, *, quiet: bool) -> list[Addressee]:
    """Send the e-mails and list those that did not go; their codes are taken back, also when we are interrupted."""
    if not invited.mails:
        return []
    unsent = dict(invited.mails)
    try:
        with _reading(), _mail_bar(len(unsent), quiet=quiet) as bar:
            survey = queries.by_slug(slug)
            for code, _person, is_sent in mailing.send_invitations(survey, invited.mails, contact=contact):
                bar.update(1)
                if is_sent:
                    del unsent[code]
    finally:
        invited.sent = len(invited.mails) - len(unsent)
        if unsent:
            with transaction():
                inviting.revoke(_Machine(), queries.by_slug(slug), list(unsent))
    return list(unsent.values())


def _mail_bar(length: int, *, quiet: bool) -> "click._termui_impl.ProgressBar[int]":
    return click.progressbar(length=length, label=_("Sending"), hidden=_hidden(quiet=quiet), file=sys.stderr)


def _hidden(*, quiet: bool) -> bool:
    return quiet or not sys.stderr.isatty()


def _tell_unsent(unsent: Sequence[Addressee]) -> None:
    if unsent:
        click.echo(_("These could not be sent to, and their codes do not work any more:"), err=True)
    for person in unsent:
        click.echo(_("Row %(row)s: %(said)s", row=person.row, said=person.email), err=True)
