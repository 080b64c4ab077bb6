"""`flask surveys import`, `publish` and `export`: questionnaires from files, into force, and out again."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import click
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from consult.accounts import queries as accounts
from consult.accounts.models import Unit
from consult.audit.operations import MACHINE
from consult.db import db, read_only, transaction
from consult.districts import queries as districts
from surveys import answer_files, codebook, place_files, reading, sheets, titles, wording
from surveys.commands import group
from surveys.models import Access, Survey
from surveys.operations import managing
from surveys.queries import editions, exporting
from surveys.queries import surveys as queries
from surveys.queries.exporting import Source, TooFewMixed
from surveys.questions import Definition, Question, SampleKind
from surveys.sheets import DefinitionRefused, Sheets

FORMATS = ("xlsform", "xform", "md", "csv", "xlsx", "sav", "geojson")
SHOWN = 50


@dataclass(frozen=True)
class _Machine:
    """Who writes when a command does."""

    id: int = MACHINE


@dataclass(frozen=True)
class Wanted:
    """What the command was told about the survey; None where nothing was said."""

    slug: str
    unit: str | None
    access: Access | None
    areas: tuple[str, ...]
    sample: SampleKind | None = None


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--slug", required=True, help="Name in the address: bezpieczna-okolica.")
@click.option("--unit", "unit_code", help="Code of the unit that a new survey belongs to.")
@click.option(
    "--access",
    type=click.Choice([one.value for one in Access]),
    help="Who may answer a new survey; by default everybody.",
)
@click.option(
    "--sample",
    type=click.Choice([one.value for one in SampleKind]),
    help="How people come to a new survey; where everybody may answer, always opt-in.",
)
@click.option("--area", "areas", multiple=True, help="TERYT code of an area that a new survey is about; repeatable.")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--quiet", is_flag=True, help="No remarks.")
def import_file(
    file: Path,
    slug: str,
    unit_code: str | None,
    access: str | None,
    sample: str | None,
    areas: tuple[str, ...],
    dry_run: bool,
    quiet: bool,
) -> None:
    """Make a survey of the XLSForm FILE (.xlsx, .xls, .md), or the next version of the survey SLUG.

    The version is a draft until it is published. The same file again changes nothing. See docs/formats.md.
    """
    kind = SampleKind(sample) if sample else None
    wanted = Wanted(slug, unit_code, Access(access) if access else None, areas, kind)
    try:
        with file.open("rb") as opened:
            form = sheets.read(opened.read(sheets.MAX_BYTES + 1), file.name)
        definition = reading.definition(form)
    except DefinitionRefused as refused:
        _complain(file, refused)
    with transaction():
        new = _entered(form, definition, wanted)
        if dry_run:
            db.session.rollback()
    if not quiet:
        _remark(definition)
    read = _asked(definition)
    _tell(read=len(read), new=new, unchanged=len(read) - new, refused=0)


def _complain(file: Path, refused: DefinitionRefused) -> NoReturn:
    """Tell the first faults, one a line, and that nothing was written."""
    for fault in refused.faults[:SHOWN]:
        click.echo(f"{file.name}: {wording.fault_in_words(fault)}", err=True)
    if len(refused.faults) > SHOWN:
        click.echo(_("… and more. Correct these first."), err=True)
    click.echo(_("Nothing was imported."), err=True)
    _tell(read=0, new=0, unchanged=0, refused=len({(fault.sheet, fault.row) for fault in refused.faults}))
    sys.exit(1)


def _entered(form: Sheets, definition: Definition, wanted: Wanted) -> int:
    """Write the draft and count the questions that are new in it or have changed."""
    survey = _known(wanted.slug)
    if survey is None:
        _begin(form, wanted)
        return len(_asked(definition))
    _check_same(survey, wanted)
    latest = survey.versions[-1]
    if sheets.digest(sheets.without_communes(latest.sheets)) == sheets.digest(sheets.without_communes(form)):
        return 0
    before = _asked(reading.definition(sheets.without_communes(latest.sheets)))
    managing.draft(_Machine(), survey, form)
    return sum(question not in before for question in _asked(definition))


def _asked(definition: Definition) -> list[Question]:
    """List what is asked, wherever in the file it stands."""
    return [replace(question, row=0) for question in definition.questions if question.is_asked]


def _known(slug: str) -> Survey | None:
    try:
        return queries.by_slug(slug)
    except NoResultFound:
        return None


def _begin(form: Sheets, wanted: Wanted) -> None:
    if not titles.is_slug(wanted.slug):
        raise click.ClickException(_("--slug: use small letters without accents, digits and single hyphens"))
    known = districts.names(wanted.areas)
    for area in wanted.areas:
        if area not in known:
            raise click.ClickException(_("--area: there are no boundaries with the code %(code)s", code=area))
    try:
        managing.create(
            _Machine(),
            slug=wanted.slug,
            unit=_unit(wanted.unit),
            sheets=form,
            access=wanted.access or Access.OPEN,
            sample=wanted.sample,
            area_codes=wanted.areas,
        )
    except managing.OpenIsOptIn as error:
        raise click.ClickException(
            _("--sample: everybody may answer, so respondents select themselves; say --access invitation or staff")
        ) from error


def _unit(code: str | None) -> Unit:
    found = accounts.unit_by_code(code) if code else None
    if found is None:
        raise click.ClickException(_("--unit: give the code of a unit that exists"))
    return found


def _check_same(survey: Survey, wanted: Wanted) -> None:
    """A new version changes neither whose survey it is nor who may answer."""
    areas = sorted(wanted.areas) or None
    said = {"--unit": wanted.unit, "--access": wanted.access, "--area": areas, "--sample": wanted.sample}
    stands = {
        "--unit": survey.unit.code,
        "--access": survey.access,
        "--area": sorted(survey.area_codes),
        "--sample": survey.sample,
    }
    for name, value in said.items():
        if value is not None and value != stands[name]:
            raise click.ClickException(_("%(option)s: the survey exists already with another value", option=name))


def _remark(definition: Definition) -> None:
    gaps = reading.gaps(definition)
    for gap in gaps[:SHOWN]:
        click.echo(wording.gap_in_words(gap), err=True)


@group.command("publish")
@click.argument("slug")
@click.option("--accept-gaps", is_flag=True, help="Publish although some texts are not translated.")
def publish(slug: str, accept_gaps: bool) -> None:
    """Publish the draft of the survey SLUG, and list what it changes and which translations it lacks.

    A change after which old and new answers would mean different things is refused. Published twice is published once.
    """
    with transaction():
        survey = _survey(slug)
        draft = survey.draft
        if draft is None:
            _unpublished(survey)
            return
        review = editions.review(draft)
        _tell_of(review)
        try:
            managing.publish(_Machine(), draft, accept_gaps=accept_gaps)
        except managing.PublicationRefused as refused:
            for obstacle in refused.obstacles:
                click.echo(str(titles.in_words(obstacle)), err=True)
            click.echo(_("Nothing was published."), err=True)
            sys.exit(1)
        facts = {"version": draft.number, "digest": draft.digest, "published": True}
    _tell(**facts, changes=len(review.changes), gaps=len(review.gaps))


def _unpublished(survey: Survey) -> None:
    """Say that there is nothing new to publish."""
    published = survey.published
    assert published is not None
    _tell(version=published.number, digest=published.digest, published=False, changes=0, gaps=0)


def _tell_of(review: editions.Review) -> None:
    for fault in review.faults:
        click.echo(wording.fault_in_words(fault), err=True)
    for change in review.changes:
        click.echo(wording.change_in_words(change), err=True)
    for gap in review.gaps:
        click.echo(wording.gap_in_words(gap), err=True)


@group.command("export")
@click.argument("slug")
@click.option("--format", "file_format", required=True, type=click.Choice(FORMATS))
@click.option("--out", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export(slug: str, file_format: str, out: Path) -> None:
    """Write the questionnaire of a survey (xlsform, xform, md), its answers (csv, xlsx, sav) or places (geojson).

    The answers are those of mixed submissions, in random order, without keys and days, places, and words that nobody
    has read yet. They are for the coordinator's own computer: a row says much about one person. Beside a table (csv)
    lies its codebook, FILE.codebook.csv.
    """
    read_only(True)  # however long it takes, nobody is kept from answering
    try:
        WRITERS[file_format](_survey(slug), out)
    finally:
        db.session.rollback()
        read_only(False)


def _survey(slug: str) -> Survey:
    found = _known(slug)
    if found is None:
        raise click.ClickException(_("There is no survey named %(slug)s.", slug=slug))
    return found


def _write_xlsform(survey: Survey, out: Path) -> None:
    _put(out, sheets.to_xlsx(sheets.without_communes(_current(survey))))


def _write_xform(survey: Survey, out: Path) -> None:
    edition = survey.published or survey.versions[-1]
    try:
        content = sheets.to_xform(editions.complete(edition), survey.slug, str(edition.number))
    except DefinitionRefused as refused:
        raise click.ClickException(wording.fault_in_words(refused.faults[0])) from refused
    _put(out, content.encode())


def _write_md(survey: Survey, out: Path) -> None:
    _put(out, sheets.to_markdown(sheets.without_communes(_current(survey))).encode())


def _current(survey: Survey) -> Sheets:
    """Give the version that is answered, else the draft."""
    return (survey.published or survey.versions[-1]).sheets


def _source(survey: Survey) -> Source:
    try:
        return exporting.source(survey)
    except TooFewMixed as few:
        raise click.ClickException(
            _("Only %(number)s submissions are mixed; at least 10 are needed.", number=few.count)
        ) from few


def _write_csv(survey: Survey, out: Path) -> None:
    found = _source(survey)
    _put_texts(out, answer_files.as_csv(found.columns, found.submissions()))
    described = codebook.variables(found.columns, "pl")
    _put_texts(out.with_name(f"{out.name}.codebook.csv"), answer_files.codebook_as_csv(described))
    _tell(rows=found.count, columns=len(found.columns))


def _write_xlsx(survey: Survey, out: Path) -> None:
    found = _source(survey)
    with _replacing(out) as beside:
        variables = codebook.variables(found.columns, "pl")
        answer_files.write_xlsx(found.columns, variables, found.submissions(), beside)
    _tell(rows=found.count, columns=len(found.columns))


def _write_sav(survey: Survey, out: Path) -> None:
    found = _source(survey)
    variables = codebook.variables(found.columns, "pl")
    labels = titles.labels_of_files(found.districts)
    with _replacing(out) as beside:
        answer_files.write_sav(variables, found.submissions(), labels, found.title, beside)
    _tell(rows=found.count, columns=len(variables))


def _write_geojson(survey: Survey, out: Path) -> None:
    marked = exporting.places(_source(survey).survey)
    _put_texts(out, [json.dumps(place_files.collection(marked), ensure_ascii=False)])
    _tell(places=len(marked))


def _put(out: Path, content: bytes) -> None:
    out.write_bytes(content)
    _tell(bytes=len(content))


def _put_texts(out: Path, parts: Iterable[str]) -> None:
    with _replacing(out) as beside, beside.open("w", encoding="utf-8", newline="") as opened:
        opened.writelines(parts)


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """Write beside a file and put the whole in its place, readable by its owner alone."""
    beside = out.with_name(f".{out.name}.part")
    try:
        beside.touch(mode=0o600)
        yield beside
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


WRITERS: Mapping[str, Callable[[Survey, Path], None]] = {
    "xlsform": _write_xlsform,
    "xform": _write_xform,
    "md": _write_md,
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "sav": _write_sav,
    "geojson": _write_geojson,
}


def _tell(**facts: Any) -> None:
    click.echo(json.dumps(facts))
