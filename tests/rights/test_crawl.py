"""The reader of answers finds words wherever a file can hold them."""

import gzip
import io
import zipfile

import pypdf
import pyreadstat
import pytest
from docx import Document as Letter
from flask import Response
from openpyxl import Workbook
from pypdf.annotations import Text
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from consult.documents.rendering import Attachment, Document, Renderer
from tests.rights.crawl import Crawler, said, unpacked

WORDS = "KANAREK-threat_note-text-7K"
FOUND = {("threat_note", "text", "7")}


def found(data):
    return set(Crawler(()).found(data)[0])


def page(html="<p>x</p>", **more):
    """A printed page."""
    with Renderer() as renderer:
        text = f"<html lang='pl'><head><title>x</title></head><body><h1>x</h1>{html}</body></html>"
        return renderer.print(Document(text, title="x", **more))


@pytest.fixture(scope="module")
def printed():
    return page()


def written(pdf, change):
    """A PDF after somebody changed it."""
    book = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    change(book)
    file = io.BytesIO()
    book.write(file)
    return file.getvalue()


def test_words_on_a_page_are_found_although_a_line_ends_within_them():
    """S15"""
    assert found(page(f"<p style='width: 2em; overflow-wrap: anywhere'>{WORDS}</p>")) == FOUND


def test_words_in_a_file_inside_a_pdf_are_found():
    """S15"""
    assert found(page(attachment=Attachment("a.json", "application/json", f'{{"a": "{WORDS}"}}'.encode()))) == FOUND


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.add_metadata({"/Author": WORDS}),
        lambda book: book.add_annotation(0, Text(rect=(0, 0, 9, 9), text=WORDS)),
        lambda book: setattr(book, "xmp_metadata", XMP),
        lambda book: book._add_object(DictionaryObject({NameObject("/Alt"): TextStringObject(WORDS)})),
    ],
    ids=["document information", "note", "XMP", "alternative text"],
)
def test_words_that_no_page_shows_are_found(printed, change):
    """S15, S16"""
    assert found(written(printed, change)) == FOUND


XMP = f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{WORDS}</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()


def test_words_in_workbooks_letters_archives_and_packed_answers_are_found(tmp_path):
    book, letter, file = Workbook(), Letter(), io.BytesIO()
    book.active["A1"] = WORDS
    book.save(file)
    assert found(file.getvalue()) == FOUND
    letter.add_paragraph(WORDS)
    inner = io.BytesIO()
    letter.save(inner)
    assert found(inner.getvalue()) == FOUND
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("letter.docx", inner.getvalue())
    assert found(outer.getvalue()) == FOUND
    packed = Response(gzip.compress(WORDS.encode()), headers={"Content-Encoding": "gzip"})
    assert found(unpacked(packed)) == FOUND


def test_words_in_a_file_for_spss_are_found(tmp_path):
    pandas = pytest.importorskip("pandas")
    pyreadstat.write_sav(pandas.DataFrame({"a": [WORDS]}), tmp_path / "a.sav", compress=True)
    assert found((tmp_path / "a.sav").read_bytes()) == FOUND


def test_a_plain_page_says_nothing_else():
    assert list(said(b"nothing")) == ["nothing"]
    assert found(b"KANAREK-threat_note-text-K") == set()
