"""Minutes as a document that office programs open and edit (DOCX): headings, tables and lines to sign."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import IO, Any

from flask_babel import gettext as _

from consult.clock import now
from debates.edition_words import Rows

NAME_CM, VALUE_CM = 4.8, 11.2
COLUMNS_CM = (1.0, 5.4, 3.2, 2.4, 4.0)


def write(stream: IO[bytes], facts: dict[str, Any], approved_at: datetime | None) -> None:
    """Write the report of a meeting."""
    document = _begun(facts, approved_at or now())
    _title(document, facts)
    document.add_heading(_("1. The meeting"), 2)
    _pairs(document, facts["head"])
    document.add_heading(_("2. Course of the meeting"), 2)
    _course(document, facts)
    document.add_heading(_("3. Requests and promises"), 2)
    _requests(document, facts["proposals"])
    _files(document, facts["files"])
    _signatures(document, facts)
    document.save(stream)


def _begun(facts: dict[str, Any], at: datetime) -> Any:
    """Begin a document in Polish, with its properties and the words at its margins."""
    from docx import Document  # it reads its template of some hundred kilobytes; pages do without
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.language = facts["title"], facts["record"]["unit"], "pl-PL"
    properties.created = properties.modified = at.astimezone(UTC).replace(tzinfo=None)
    properties.comments, properties.last_modified_by = "", facts["record"]["unit"]
    for name, size in (("Normal", 11), ("Heading 1", 16), ("Heading 2", 13), ("Heading 3", 11)):
        style = document.styles[name]
        style.font.size, style.font.name, style.font.color.rgb = Pt(size), "Calibri", RGBColor(0x1B, 0x1B, 0x1B)
    fonts = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    if fonts is not None:
        fonts.set(qn("w:val"), "pl-PL")
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.header.paragraphs[0].text = f"{facts['record']['unit']}\t\t{facts['record']['case_sign']}"
    section.footer.paragraphs[0].text = facts["state"]
    return document


def _title(document: Any, facts: dict[str, Any]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document.add_paragraph().add_run(facts["record"]["unit"]).bold = True
    filed = document.add_paragraph(
        "\n".join([*(f"{name}: {value}" for name, value in facts["filed"]), facts["approval"]])
    )
    filed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if facts["record"]["is_demonstration"]:
        document.add_paragraph(_("Demonstration data: made up, not the work of any police unit"))
    document.add_heading(facts["heading"].upper(), 1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(facts["subject"]).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _pairs(document: Any, rows: Rows) -> None:
    """Write names and values beside each other."""
    table = _table(document, 2, (NAME_CM, VALUE_CM))
    for name, value in rows:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(name).bold = True
        cells[1].text = value


def _table(document: Any, columns: int, widths_cm: Sequence[float]) -> Any:
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths_cm, strict=True):
        column.width = Cm(width)
    return table


def _course(document: Any, facts: dict[str, Any]) -> None:
    for sentence in facts["unsaid"]:
        document.add_paragraph(sentence)
    if not facts["statements"]:
        document.add_paragraph(_("No statement stands here."))
    for one in facts["statements"]:
        kind = f"{one['kind']}: {one['category']}" if one["category"] else one["kind"]
        document.add_heading(f"{one['number']}. {kind}", 3)
        document.add_paragraph(one["text"])
        if one["answer"]:
            answer = document.add_paragraph()
            answer.add_run(_("Answer on the spot:") + " ").bold = True
            answer.add_run(one["answer"])
        details = [f"{name}: {value}" for name, value in one["facts"]]
        if one["withheld_because"]:
            details.append(_("Withheld from the public") + f": {one['withheld_because']}")
        document.add_paragraph().add_run(" · ".join(details)).italic = True


def _requests(document: Any, proposals: Iterable[dict[str, Any]]) -> None:
    """Write who was asked for what, by when, and what became of it."""
    rows = [(f"{one['number']}.", one["text"], one["addressee"], one["due"] or "–", _outcome(one)) for one in proposals]
    if not rows:
        document.add_paragraph(_("Nothing was asked for."))
        return
    table = _table(document, len(COLUMNS_CM), COLUMNS_CM)
    names = (_("No."), _("What was asked for"), _("Asked of"), _("Deadline"), _("State and answer"))
    _head_row(table, names)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _files(document: Any, files: Sequence[str]) -> None:
    """List what belongs to the minutes beside them; the public edition has none."""
    if files:
        document.add_heading(_("4. Files of these minutes"), 2)
    for line in files:
        document.add_paragraph(line)


def _head_row(table: Any, names: Sequence[str]) -> None:
    """Write the names of columns, which a program repeats on every page and reads aloud with each cell."""
    from docx.oxml import OxmlElement

    row = table.add_row()
    for cell, name in zip(row.cells, names, strict=True):
        cell.paragraphs[0].add_run(name).bold = True
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001  # the library has no word for it


def _outcome(one: dict[str, Any]) -> str:
    answered = f" ({one['answered']})" if one["answered"] else ""
    told = f"{one['status']}: {one['answer']}" if one["answer"] else one["status"]
    return "\n".join([told + answered, *(_("Promise") + f": {promise}" for promise in one["commitments"])])


def _signatures(document: Any, facts: dict[str, Any]) -> None:
    table = document.add_table(rows=1, cols=2)
    made = (_("Made by:"), facts["maker"] or _("function"))
    approved = (_("Approved by:"), facts["approver"] or _("head of the unit"))
    signed = _("date and signature")
    for cell, (words, function) in zip(table.rows[0].cells, (made, approved), strict=True):
        cell.text = f"\n{words}\n\n\n{'…' * 22}\n{function}, {signed}"
