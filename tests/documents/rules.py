"""Rules of accessible (PDF/UA-1) and archival (PDF/A-3a) documents that a program can check, one function each.

A rule gives what it finds wrong. Whether an alternative text says what a picture shows, no program knows: this is no
certificate.
"""

import re
from xml.etree import ElementTree as ET

from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, NameObject

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFUAID = "{http://www.aiim.org/pdfua/ns/id/}"
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
DC = "{http://purl.org/dc/elements/1.1/}"
STANDARD = {
    "/Document", "/Part", "/Sect", "/Div", "/Span", "/P", "/H1", "/H2", "/H3", "/H4", "/L", "/LI", "/Lbl", "/LBody",
    "/Table", "/THead", "/TBody", "/TFoot", "/TR", "/TH", "/TD", "/Caption", "/Figure", "/Link", "/NonStruct", "/Form",
    "/BlockQuote", "/Quote", "/Note", "/Reference", "/Code", "/Formula", "/Art", "/TOC", "/TOCI", "/Em", "/Strong",
}  # fmt: skip


def root(pdf):
    return pdf.trailer["/Root"]


def elements(pdf):
    """All elements of the tree that readers follow, each with its parent, in reading order."""

    def below(parent):
        kids = parent.get("/K", [])
        for kid in kids if isinstance(kids, ArrayObject) else [kids]:
            found = kid.get_object()
            if isinstance(found, DictionaryObject) and "/S" in found:
                yield found, parent
                yield from below(found)

    return list(below(root(pdf)["/StructTreeRoot"]))


def metadata(pdf):
    data = root(pdf)["/Metadata"].get_object().get_data()
    return ET.fromstring(data[data.index(b"<x:xmpmeta") : data.index(b"</x:xmpmeta>") + 12])


def said(pdf, name):
    """What the metadata says under a name, as attribute or element."""
    for description in metadata(pdf).iter(f"{RDF}Description"):
        if name in description.attrib:
            return description.attrib[name]
        found = description.find(name)
        if found is not None:
            return "".join(found.itertext()).strip()
    return None


def fonts(pdf):
    found = {}
    for page in pdf.pages:
        for name, font in page["/Resources"].get("/Font", {}).items():
            found[name] = font.get_object()
    return list(found.values())


def operations(pdf):
    """The operations of each page's content with how deep in tagged or artificial content each stands."""
    for page in pdf.pages:
        depth = 0
        for operands, operator in ContentStream(page.get_contents(), pdf).operations:
            if operator in {b"BDC", b"BMC"}:
                depth += 1
            elif operator == b"EMC":
                depth -= 1
            yield page, operands, operator, depth


# PDF/UA-1


def it_is_tagged(pdf):
    marked = root(pdf).get("/MarkInfo", {}).get("/Marked")
    return [] if marked and "/StructTreeRoot" in root(pdf) else ["not marked"]


def no_tag_is_suspect(pdf):
    return ["suspects"] if root(pdf).get("/MarkInfo", {}).get("/Suspects") else []


def its_language_is_said(pdf):
    lang = str(root(pdf).get("/Lang", ""))
    return [] if re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", lang) else [lang]


def it_has_a_title_in_its_metadata(pdf):
    return [] if said(pdf, f"{DC}title") else ["no dc:title"]


def the_title_is_the_same_everywhere(pdf):
    return [] if said(pdf, f"{DC}title") == pdf.metadata.title else [str(pdf.metadata.title)]


def the_title_stands_in_the_window(pdf):
    return [] if root(pdf).get("/ViewerPreferences", {}).get("/DisplayDocTitle") else ["file name in the window"]


def it_says_that_it_is_accessible(pdf):
    return [] if said(pdf, f"{PDFUAID}part") == "1" else ["no pdfuaid:part"]


def every_tag_is_a_standard_one_or_mapped_to_one(pdf):
    roles = root(pdf)["/StructTreeRoot"].get("/RoleMap", {})
    kinds = {str(element["/S"]) for element, _parent in elements(pdf)}
    return sorted(kind for kind in kinds if kind not in STANDARD and str(roles.get(kind, "")) not in STANDARD)


def pictures_have_words(pdf):
    pictures = [element for element, _parent in elements(pdf) if element["/S"] == "/Figure"]
    return [str(picture) for picture in pictures if not str(picture.get("/Alt", "")).strip()]


def headings_begin_with_the_first_and_skip_none(pdf):
    levels = [int(str(element["/S"])[2:]) for element, _ in elements(pdf) if re.fullmatch(r"/H\d", str(element["/S"]))]
    steps = list(zip([0, *levels], levels, strict=False))
    return [f"H{before} to H{after}" for before, after in steps if after > before + 1]


def there_is_one_heading_of_the_first_level(pdf):
    count = sum(element["/S"] == "/H1" for element, _parent in elements(pdf))
    return [] if count == 1 else [f"{count} of them"]


def tables_have_headers(pdf):
    tables = [element for element, _parent in elements(pdf) if element["/S"] == "/Table"]

    def kinds(element):
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, ArrayObject) else [kids]:
            found = kid.get_object()
            if isinstance(found, DictionaryObject) and "/S" in found:
                yield str(found["/S"])
                yield from kinds(found)

    return ["no TH"] * sum("/TH" not in set(kinds(table)) for table in tables)


def headers_of_tables_have_a_scope(pdf):
    def scope(element):
        found = element.get("/A", {})
        entries = found if isinstance(found, ArrayObject) else [found]
        return any(entry.get_object().get("/Scope") in {"/Row", "/Column", "/Both"} for entry in entries)

    return ["no scope" for element, _parent in elements(pdf) if element["/S"] == "/TH" and not scope(element)]


def rows_stand_in_tables(pdf):
    allowed = {
        "/TR": {"/Table", "/THead", "/TBody", "/TFoot"},
        "/TH": {"/TR"},
        "/TD": {"/TR"},
        "/LI": {"/L"},
        "/LBody": {"/LI"},
        "/THead": {"/Table"},
        "/TBody": {"/Table"},
        "/TFoot": {"/Table"},
    }
    pairs = {(str(element["/S"]), str(parent.get("/S", "/Root"))) for element, parent in elements(pdf)}
    return [f"{kind} in {inside}" for kind, inside in pairs if kind in allowed and inside not in allowed[kind]]


def rows_of_a_table_are_equally_wide(pdf):
    wrong = []
    for table in [element for element, _parent in elements(pdf) if element["/S"] == "/Table"]:
        widths = {sum(_span(cell) for cell in cells) for cells in _rows(table) if cells}
        wrong += [f"{sorted(widths)}"] if len(widths) > 1 else []
    return wrong


def _rows(element):
    kids = element.get("/K", [])
    for kid in (one.get_object() for one in (kids if isinstance(kids, ArrayObject) else [kids])):
        if isinstance(kid, DictionaryObject) and kid.get("/S") == "/TR":
            yield [cell.get_object() for cell in kid["/K"]]
        elif isinstance(kid, DictionaryObject) and kid.get("/S") in {"/THead", "/TBody", "/TFoot"}:
            yield from _rows(kid)


def _span(cell):
    found = cell.get("/A", {})
    entries = found if isinstance(found, ArrayObject) else [found]
    return max([int(entry.get_object().get("/ColSpan", 1)) for entry in entries] or [1])


def all_content_is_tagged_or_an_artifact(pdf):
    shown = {b"Tj", b"TJ", b"'", b'"', b"Do", b"f", b"F", b"f*", b"B", b"B*", b"S", b"s"}
    loose = [operator for _page, _operands, operator, depth in operations(pdf) if operator in shown and depth == 0]
    return [str(set(loose))] if loose else []


def marked_content_belongs_to_the_tree(pdf):
    numbers = root(pdf)["/StructTreeRoot"]["/ParentTree"].get_object()["/Nums"]
    owners = {int(numbers[place]): numbers[place + 1].get_object() for place in range(0, len(numbers), 2)}
    wrong = []
    for page, operands, operator, _depth in operations(pdf):
        if operator == b"BDC" and isinstance(operands[1], DictionaryObject) and "/MCID" in operands[1]:
            own = owners.get(int(page["/StructParents"]), [])
            if int(operands[1]["/MCID"]) >= len(own):
                wrong.append(f"mark {operands[1]['/MCID']}")
    return wrong


def keys_walk_in_reading_order(pdf):
    pages = [page for page in pdf.pages if page.get("/Annots")]
    return ["no /Tabs /S"] * sum(page.get("/Tabs") != "/S" for page in pages)


def fonts_are_embedded(pdf):
    wrong = []
    for font in fonts(pdf):
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        kept = inner.get("/FontDescriptor", DictionaryObject()).get_object()
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(kept):
            wrong.append(str(font.get("/BaseFont")))
    return wrong


def letters_can_be_copied(pdf):
    return [str(font.get("/BaseFont")) for font in fonts(pdf) if "/ToUnicode" not in font]


def there_are_bookmarks(pdf):
    return [] if pdf.outline else ["none"]


def no_page_is_empty(pdf):
    return [f"page {number}" for number, page in enumerate(pdf.pages, 1) if len(page.extract_text().split()) < 25]


def nothing_runs_or_hides(pdf):
    names = root(pdf).get("/Names", {})
    return [name for name in ("/OpenAction", "/AA", "/AcroForm") if name in root(pdf)] + [
        name for name in ("/JavaScript",) if name in names
    ]


def it_can_be_read_without_a_password(pdf):
    return ["encrypted"] if pdf.is_encrypted else []


def nobody_is_its_author(pdf):
    return [str(pdf.metadata.author)] if pdf.metadata.author else []


# PDF/A-3a


def it_says_that_it_is_for_archives(pdf):
    found = said(pdf, f"{PDFAID}part"), said(pdf, f"{PDFAID}conformance")
    return [] if found == ("3", "A") else [str(found)]


def its_metadata_are_one_whole(pdf):
    return [] if len(list(metadata(pdf).iter(f"{RDF}RDF"))) == 1 else ["several"]


def words_that_archives_do_not_know_are_explained(pdf):
    text = root(pdf)["/Metadata"].get_object().get_data().decode()
    return [] if "http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>" in text else ["pdfuaid"]


def its_metadata_can_be_read_without_the_program(pdf):
    return [] if "/Filter" not in root(pdf)["/Metadata"].get_object() else ["packed"]


def its_colours_are_defined(pdf):
    intents = root(pdf).get("/OutputIntents", [])
    kinds = [intent.get_object() for intent in intents]
    good = [one for one in kinds if one["/S"] == "/GTS_PDFA1" and "/DestOutputProfile" in one]
    return [] if good else ["no output intent"]


def it_has_a_number_of_its_own(pdf):
    return [] if len(pdf.trailer.get("/ID", [])) == 2 else ["no /ID"]


def files_inside_say_what_they_are(pdf):
    wrong = []
    for reference in root(pdf).get("/AF", []):
        found = reference.get_object()
        if found.get("/AFRelationship") != "/Data" or not {"/F", "/UF", "/Desc", "/EF"} <= set(found):
            wrong.append(str(found.get("/UF")))
        embedded = found["/EF"]["/F"].get_object()
        wrong += [] if embedded.get("/Subtype") == NameObject("/application/json") else [str(embedded.get("/Subtype"))]
        wrong += [] if "/ModDate" in embedded["/Params"] else ["no day"]
    return wrong or ([] if "/AF" in root(pdf) else ["no associated file"])


def every_file_inside_is_associated(pdf):
    names = root(pdf)["/Names"]["/EmbeddedFiles"]["/Names"]
    listed = {str(names[place].get_object()["/UF"]) for place in range(1, len(names), 2)}
    associated = {str(reference.get_object()["/UF"]) for reference in root(pdf).get("/AF", [])}
    return sorted(listed ^ associated)


def notes_are_printed_too(pdf):
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    return ["hidden"] * sum(not int(note.get("/F", 0)) & 4 for note in notes)


def nothing_is_packed_by_a_forbidden_way(pdf):
    found = set()
    for number in range(1, len(pdf.xref.get(0, {})) + 1):
        item = pdf.get_object(number) if number in pdf.xref.get(0, {}) else None
        filters = item.get("/Filter") if isinstance(item, DictionaryObject) else None
        found |= {str(one) for one in (filters if isinstance(filters, ArrayObject) else [filters] if filters else [])}
    return sorted(found & {"/LZWDecode", "/Crypt"})


ACCESSIBLE = (
    it_is_tagged, no_tag_is_suspect, its_language_is_said, it_has_a_title_in_its_metadata,
    the_title_is_the_same_everywhere, the_title_stands_in_the_window, it_says_that_it_is_accessible,
    every_tag_is_a_standard_one_or_mapped_to_one, pictures_have_words, headings_begin_with_the_first_and_skip_none,
    there_is_one_heading_of_the_first_level, tables_have_headers, headers_of_tables_have_a_scope, rows_stand_in_tables,
    rows_of_a_table_are_equally_wide, all_content_is_tagged_or_an_artifact, marked_content_belongs_to_the_tree,
    keys_walk_in_reading_order, fonts_are_embedded, letters_can_be_copied, there_are_bookmarks, no_page_is_empty,
    nothing_runs_or_hides, it_can_be_read_without_a_password, nobody_is_its_author,
)  # fmt: skip
ARCHIVAL = (
    it_says_that_it_is_for_archives, its_metadata_are_one_whole, words_that_archives_do_not_know_are_explained,
    its_metadata_can_be_read_without_the_program, its_colours_are_defined, it_has_a_number_of_its_own,
    files_inside_say_what_they_are, every_file_inside_is_associated, notes_are_printed_too,
    nothing_is_packed_by_a_forbidden_way,
)  # fmt: skip


def broken(pdf, rules):
    """The rules that a document breaks, with what was found."""
    return {rule.__name__: found for rule in rules if (found := rule(pdf))}
