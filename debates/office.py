"""Minutes as a document that office programs open and edit (DOCX): headings, tables and lines to sign."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import IO, Any

from flask_babel import gettext as _

from consult.clock import now
from debates.edition_words import Rows

TEXT_CM = 16
NAME_CM, VALUE_CM = 4.8, 11.2
SIGNED_CM = 7
COLUMNS_CM = (1.0, 4.4, 3.4, 2.9, 4.3)
MARK = "\N{OBJECT REPLACEMENT CHARACTER}"
INSET_TWIPS = 108
"""The edge of a table is drawn this far left of its words; moved in by as much, it stands at the margin."""


def write(stream: IO[bytes], facts: dict[str, Any], approved_at: datetime | None) -> None:
    """Write the report of a meeting."""
    document = _begun(facts, approved_at or now())
    _title(document, facts)
    document.add_heading(_("1. The meeting"), 2)
    _pairs(document, facts["head"])
    document.add_heading(_("2. Course of the meeting"), 2)
    _course(document, facts)
    document.add_heading(_("3. Requests and promises"), 2)
    _requests(document, facts)
    _files(document, facts["files"])
    _signatures(document, facts)
    document.save(stream)


def _begun(facts: dict[str, Any], at: datetime) -> Any:
    """Begin a document in Polish, with its properties and the words at its margins."""
    from docx import Document  # it reads its template of some hundred kilobytes; pages do without
    from docx.shared import Cm

    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.language = facts["title"], facts["record"]["unit"], "pl-PL"
    properties.created = properties.modified = at.astimezone(UTC).replace(tzinfo=None)
    properties.comments, properties.last_modified_by = "", facts["record"]["unit"]
    _styles(document)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.different_first_page_header_footer = True  # the first page begins with what the header says
    _margin_line(section.header.paragraphs[0], facts["record"]["unit"]).add_run(facts["record"]["case_sign"])
    for footer in (section.footer, section.first_page_footer):
        _number_of_page(_margin_line(footer.paragraphs[0], facts["state"]))
    return document


def _styles(document: Any) -> None:
    """Give the styles of the document their looks and its language, so that whoever edits it finds both there."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    looks = (("Normal", 11, 0, 4), ("Heading 1", 16, 12, 0), ("Heading 2", 13, 14, 4), ("Heading 3", 11, 8, 2))
    for name, size, before, after in looks:
        style = document.styles[name]
        style.font.size, style.font.name, style.font.color.rgb = Pt(size), "Calibri", RGBColor(0x1B, 0x1B, 0x1B)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    details = document.styles.add_style(_details(), WD_STYLE_TYPE.PARAGRAPH)
    details.base_style, details.font.size, details.font.italic = document.styles["Normal"], Pt(9.5), True
    cell = document.styles.add_style(_in_table(), WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = document.styles["Normal"]
    cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(2)
    for words in document.styles.element.iterfind(f".//{qn('w:rPrDefault')}//{qn('w:lang')}"):
        words.set(qn("w:val"), "pl-PL")
    for words in document.settings.element.iterfind(qn("w:themeFontLang")):
        words.set(qn("w:val"), "pl-PL")


def _details() -> str:
    """Name the style of what is said of a statement beside its words."""
    return str(_("Details"))


def _in_table() -> str:
    """Name the style of what stands in a table."""
    return str(_("In a table"))


def _margin_line(paragraph: Any, words: str) -> Any:
    """Begin a line of the margin with words at the left; what is added stands at the right."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm

    stops = paragraph.paragraph_format.tab_stops
    for stop in paragraph.style.paragraph_format.tab_stops:
        stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    stops.add_tab_stop(Cm(TEXT_CM), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.text = f"{words}\t"
    return paragraph


def _number_of_page(paragraph: Any) -> None:
    """Write "page 1 of 3" as fields, which a program counts itself."""
    before, between, after = str(_("page %(page)s of %(pages)s", page=MARK, pages=MARK)).split(MARK)
    paragraph.add_run(before)
    _field(paragraph, "PAGE")
    paragraph.add_run(between)
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(after)


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001  # the library has no word for it


def _title(document: Any, facts: dict[str, Any]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document.add_paragraph().add_run(facts["record"]["unit"]).bold = True
    filed = document.add_paragraph(
        "\n".join([*(f"{name}: {value}" for name, value in facts["filed"]), facts["approval"]])
    )
    filed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if facts["record"]["is_demonstration"]:
        document.add_paragraph(_("Demonstration data: made up, not the work of any police unit"))
    heading = document.add_heading(facts["heading"], 1)
    heading.alignment, heading.runs[0].font.all_caps = WD_ALIGN_PARAGRAPH.CENTER, True
    document.add_paragraph(facts["subject"]).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _pairs(document: Any, rows: Rows) -> None:
    """Write names and values beside each other."""
    table = _table(document, 2, (NAME_CM, VALUE_CM))
    for name, value in rows:
        _row(table, name, value).cells[0].paragraphs[0].runs[0].bold = True


def _table(document: Any, columns: int, widths_cm: Sequence[float]) -> Any:
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    table.autofit = False
    _set(table._tbl.tblPr, "w:tblInd", w=INSET_TWIPS, type="dxa")  # noqa: SLF001  # the library has no word for it
    for column, width in zip(table.columns, widths_cm, strict=True):
        column.width = Cm(width)
    return table


def _row(table: Any, *texts: str) -> Any:
    """Add a row that stands on one page whole."""
    row = table.add_row()
    _set(row._tr.get_or_add_trPr(), "w:cantSplit")  # noqa: SLF001
    for cell, text in zip(row.cells, texts, strict=True):
        cell.text = text
        cell.paragraphs[0].style = _in_table()
    return row


def _set(parent: Any, name: str, **values: Any) -> None:
    """Say something that the library has no word for."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for attribute, value in values.items():
        element.set(qn(f"w:{attribute}"), str(value))
    parent.append(element)


def _course(document: Any, facts: dict[str, Any]) -> None:
    for sentence in facts["unsaid"]:
        document.add_paragraph(sentence)
    if not facts["statements"]:
        document.add_paragraph(_("No statement stands here."))
    for one in facts["statements"]:
        kind = f"{one['kind']}: {one['category']}" if one["category"] else one["kind"]
        document.add_heading(f"{one['number']}. {kind}", 3)
        document.add_paragraph(one["text"]).paragraph_format.keep_with_next = True
        if one["answer"]:
            answer = document.add_paragraph()
            answer.paragraph_format.keep_with_next = True
            answer.add_run(_("Answer on the spot:") + " ").bold = True
            answer.add_run(one["answer"])
        details = [f"{name}: {value}" for name, value in one["facts"]]
        if one["withheld_because"]:
            details.append(_("Withheld from the public") + f": {one['withheld_because']}")
        document.add_paragraph(" · ".join(details), style=_details())


def _requests(document: Any, facts: dict[str, Any]) -> None:
    """Write who was asked for what, by when, and what became of it."""
    rows = [
        (f"{one['number']}.", one["text"], one["addressee"], one["due"] or "–", _outcome(one))
        for one in facts["proposals"]
    ]
    if not rows:
        document.add_paragraph(facts["no_requests"])
        return
    table = _table(document, len(COLUMNS_CM), COLUMNS_CM)
    names = (_("No."), _("What was asked for"), _("Asked of"), _("Deadline"), _("State and answer"))
    _head_row(table, names)
    for row in rows:
        _row(table, *row)
    for cell in table.rows[-1].cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True  # whoever signs sees something of what is signed


def _files(document: Any, files: Sequence[str]) -> None:
    """List what belongs to the minutes beside them; the public edition has none."""
    if files:
        document.add_heading(_("4. Files of these minutes"), 2)
    for line in files:
        document.add_paragraph(line)


def _head_row(table: Any, names: Sequence[str]) -> None:
    """Write the names of columns, which a program repeats on every page and reads aloud with each cell."""
    row = _row(table, *names)
    for cell in row.cells:
        cell.paragraphs[0].runs[0].bold = True
    _set(row._tr.get_or_add_trPr(), "w:tblHeader")  # noqa: SLF001


def _outcome(one: dict[str, Any]) -> str:
    answered = f" ({one['answered']})" if one["answered"] else ""
    told = f"{one['status']}: {one['answer']}" if one["answer"] else one["status"]
    return "\n".join([told + answered, *(_("Promise") + f": {promise}" for promise in one["commitments"])])


def _signatures(document: Any, facts: dict[str, Any]) -> None:
    from docx.shared import Cm, Pt

    table = document.add_table(rows=1, cols=3)
    table.autofit = False
    for column, width in zip(table.columns, (SIGNED_CM, TEXT_CM - 2 * SIGNED_CM, SIGNED_CM), strict=True):
        column.width = Cm(width)
    made = (_("Made by:"), facts["maker"] or _("function"))
    approved = (_("Approved by:"), facts["approver"] or _("head of the unit"))
    signed = _("date and signature")
    _set(table.rows[0]._tr.get_or_add_trPr(), "w:cantSplit")  # noqa: SLF001
    left, _between, right = table.rows[0].cells
    for cell, (words, function) in ((left, made), (right, approved)):
        cell.text = words
        cell.paragraphs[0].paragraph_format.space_before = Pt(18)
        line = cell.add_paragraph(f"{function}, {signed}")
        line.paragraph_format.space_before = Pt(48)
        _line_above(line)


def _line_above(paragraph: Any) -> None:
    """Draw the line on which somebody signs."""
    from docx.oxml import OxmlElement

    border = OxmlElement("w:pBdr")
    _set(border, "w:top", val="single", sz=6, space=4, color="1B1B1B")
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001
    properties.insert_element_before(
        border, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
