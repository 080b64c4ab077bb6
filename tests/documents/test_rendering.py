"""A printed document is right, always the same, and can do nothing but be printed."""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import font_source_sans_pro
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NullObject, StreamObject

from consult.documents.marks import MARKS
from consult.documents.rendering import (
    Document,
    DocumentRefused,
    DocumentTimedOut,
    Limits,
    PrintingUnavailable,
    Renderer,
    SheetTooLong,
    pdf,
)

pytestmark = pytest.mark.own_press

WORDS = "Zażółć gęślą jaźń „Łódź” – № §"
FONT = Path(font_source_sans_pro.__file__).parent / "files" / "SourceSansPro-Regular.ttf"
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
SHORT = Limits(cpu_s=1, wall_s=15)


def page(body: str, head: str = "", attributes: str = "") -> str:
    return (
        f'<!doctype html><html lang="pl"><head><title>Próba</title>{head}</head><body {attributes}>{body}</body></html>'
    )


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as renderer:
        yield renderer


def poppler(program: str, content: bytes, folder: Path, *options: str, last: str | None = None) -> str:
    if shutil.which(program) is None:
        pytest.skip(f"{program} of poppler-utils is not installed")
    (folder / "document.pdf").write_bytes(content)
    command = [program, *options, "document.pdf", *([last] if last else [])]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return done.stdout.decode(errors="replace")


# --- the same input gives the same bytes -------------------------------------------------------------------------------


def test_two_processes_print_the_same_bytes():
    html, assets = page(f'<h1>{WORDS}</h1><img src="asset:map.svg" alt="Kwadrat">'), {"map.svg": SQUARE}
    moment = datetime(2026, 10, 1, 8, 30, tzinfo=UTC)

    assert pdf(html, assets=assets, moment=moment) == pdf(html, assets=assets, moment=moment)


def test_a_process_prints_the_same_whatever_it_printed_before(renderer):
    first = renderer.render(page("<h1>Pierwszy</h1>"))
    renderer.render(
        page("<h1>Drugi</h1><style>@font-face{font-family:X;src:url(asset:Bold.ttf)}h1{font-family:X}</style>")
    )

    assert renderer.render(page("<h1>Pierwszy</h1>")) == first


def test_the_moment_is_given_and_never_the_clock(renderer):
    dated = PdfReader(BytesIO(renderer.render(page("<h1>A</h1>"), moment=datetime(2026, 10, 1, 8, 30, tzinfo=UTC))))
    undated = PdfReader(BytesIO(renderer.render(page("<h1>A</h1>"))))

    assert dated.metadata.creation_date == dated.metadata.modification_date == datetime(2026, 10, 1, 8, 30, tzinfo=UTC)
    assert undated.metadata.creation_date is None


# --- letters -----------------------------------------------------------------------------------------------------------


def test_only_our_family_is_embedded(renderer, tmp_path):
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="20"><text x="0" y="15">{WORDS}</text></svg>'
    body = f'<h1>{WORDS}</h1><p>Ґґ Її Єє <b>{WORDS}</b> <i>{WORDS}</i></p><img src="asset:a.svg" alt="a">'

    fonts = poppler("pdffonts", renderer.render(page(body), {"a.svg": drawing.encode()}), tmp_path).splitlines()[2:]

    assert fonts
    assert all(re.match(r"[A-Z]{6}\+Source-Sans-Pro", line) for line in fonts)


def test_every_polish_letter_looks_as_in_the_font(renderer, tmp_path):
    style = "<style>@page{size:1200px 200px;margin:20px;@bottom-right{content:none}}p{font:80px 'Source Sans Pro';margin:0;font-kerning:none;font-variant-ligatures:none;font-variant-numeric:normal;white-space:pre}</style>"
    font, words = ImageFont.truetype(str(FONT), 80, layout_engine=ImageFont.Layout.BASIC), WORDS + " a"
    english = page(f"<p>{words}</p>", style).replace('lang="pl"', 'lang="en"')
    poppler("pdftoppm", renderer.render(english), tmp_path, "-r", "96", "-gray", "-png", "-singlefile", last="page")

    printed = trimmed(Image.open(tmp_path / "page.png"))
    drawn = Image.new("L", (1300, 200), 255)
    ImageDraw.Draw(drawn).text((20, 20), words, font=font, fill=0)
    expected = trimmed(drawn)

    assert abs(printed.shape[1] - expected.shape[1]) <= 4
    height, wide = min(printed.shape[0], expected.shape[0]), min(printed.shape[1], expected.shape[1])
    left = font.getbbox(words)[0]
    for place, letter in enumerate(WORDS):
        if letter != " ":
            start = round(font.getlength(words[:place]) - left)
            end = min(start + round(font.getlength(letter)), wide)
            likeness = alike(printed[:height, max(start, 0) : end], expected[:height, max(start, 0) : end])
            assert likeness > 0.95, f"{letter} looks wrong ({likeness:.2f})"


def trimmed(picture: Image.Image) -> np.ndarray:
    """The darkness of a picture, cut to what is drawn."""
    dark = 255 - np.asarray(picture.convert("L"), dtype=float)
    rows, columns = np.nonzero(dark.max(axis=1) > 60)[0], np.nonzero(dark.max(axis=0) > 60)[0]
    return dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """The best correlation when one may lie a few pixels aside: widths are rounded differently."""
    shifts = [(x, y) for x in range(-4, 5) for y in (-1, 0, 1)]
    return max(float(np.corrcoef(np.roll(one, shift, (1, 0)).ravel(), other.ravel())[0, 1]) for shift in shifts)


def test_letters_can_be_copied_and_unknown_signs_do_not_become_boxes(renderer):
    text = (
        PdfReader(BytesIO(renderer.render(page("<p>Zaz\u0307o\u0301łc\u0301 😀 25\u201125 👩\u200d🚒</p>"))))
        .pages[0]
        .extract_text()
    )

    assert "Zażółć ? 25-25 ??" in text


def test_short_words_cling_to_the_next_one(renderer):
    narrow = "<style>@page{size:60mm 200mm;margin:10mm;@bottom-right{content:none}}</style>"
    text = (
        PdfReader(BytesIO(renderer.render(page("<p>" + "a w domu i na ulicy z nimi u nas " * 12 + "</p>", narrow))))
        .pages[0]
        .extract_text()
    )

    assert not re.search(r"(^|[\s\u00a0])[aiouwz]\s*\n", text)


# --- a screen reader finds its way ---------------------------------------------------------------------------------------


TAGGED = """<h1>Powiat</h1><h2>Tabela</h2><table><caption>Zagrożenia</caption>
<thead><tr><th scope="col">Gmina</th><th scope="col">Liczba</th></tr></thead>
<tbody><tr><th scope="row">Łask</th><td>3</td></tr></tbody></table><figure><img src="asset:a.svg" alt="Mapa"></figure>"""


@pytest.fixture(scope="module")
def tagged(renderer) -> PdfReader:
    running = 'data-header-left="Powiat łaski" data-footer="Wydanie publiczne"'
    return PdfReader(BytesIO(renderer.render(page(TAGGED, attributes=running), {"a.svg": SQUARE})))


def elements(reader: PdfReader) -> list[DictionaryObject]:
    """All elements of the document's structure, in reading order."""
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, DictionaryObject):
            found.append(element)
            kids = element.get("/K", [])
            waiting.extend(reversed(kids if isinstance(kids, ArrayObject) else [kids]))
    return found


def test_the_document_is_tagged_as_pdf_ua(tagged):
    root = tagged.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "pl"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
    assert tagged.metadata.title == "Próba"
    kinds = [element.get("/S") for element in elements(tagged)]
    assert {"/H1", "/H2", "/Table", "/THead", "/TBody", "/TH", "/TD", "/Caption", "/Figure"} <= set(kinds)


def test_headers_of_tables_have_a_scope_and_pictures_have_words(tagged):
    scopes = [element["/A"]["/Scope"] for element in elements(tagged) if element.get("/S") == "/TH"]
    pictures = [element["/Alt"] for element in elements(tagged) if element.get("/S") == "/Figure"]

    assert scopes == ["/Column", "/Column", "/Row"]
    assert pictures == ["Mapa"]


def test_everything_on_the_page_is_content_or_artifact(tagged):
    """What is marked as content hangs in the tree; the running words are artifacts."""
    marks = {int(mark) for mark in re.findall(rb"/MCID (\d+)", tagged.pages[0].get_contents().get_data())}
    in_tree = {kid for element in elements(tagged) for kid in kids_of(element) if isinstance(kid, int)}

    assert marks == in_tree
    assert "1 / 1" in tagged.pages[0].extract_text()
    assert "Wydanie publiczne" in tagged.pages[0].extract_text()


def kids_of(element: DictionaryObject) -> list[object]:
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, ArrayObject) else [kids]


def test_every_state_has_its_mark_among_the_assets(renderer):
    badges = "".join(f'<p><span class="badge badge--{name}">{name}</span></p>' for name in MARKS)
    images = "".join(f'<img src="asset:mark-{name}.svg" alt="{name}">' for name in MARKS)

    assert renderer.render(page(badges + images)).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (page('<img src="asset:map.svg" alt="Mapa">'), "asset:map.svg"),
        (page('<img src="asset:a.svg">'), "alt description"),
        ("<html lang=pl><p>Bez tytułu", "no title"),
    ],
)
def test_a_document_that_misses_something_is_refused_with_its_name(renderer, html, words):
    with pytest.raises(DocumentRefused, match=words):
        renderer.render(html, {"a.svg": SQUARE})


def test_a_drawing_that_is_no_drawing_is_refused(renderer):
    with pytest.raises(DocumentRefused, match=r"asset:a\.svg"):
        renderer.render(page('<img src="asset:a.svg" alt="Mapa">'), {"a.svg": b"<svg><broken"})


# --- a document reaches nothing ------------------------------------------------------------------------------------------


CANARY = "SEKRET-Z-PLIKU-4711"
CONSTRUCTS = """
<img src="URL" alt="x">
<link rel="attachment" href="URL">
<a rel="attachment" href="URL">x</a>
<link rel="stylesheet" href="URL">
<style>@import url("URL");</style>
<style>body{background:url("URL")}</style>
<style>p::before{content:url("URL")}</style>
<style>@font-face{font-family:Y;src:url("URL")}p{font-family:Y}</style>
<style>@font-face{font-family:Z;src:local("DejaVu Sans"),url("URL")}p{font-family:Z}</style>
<object data="URL"></object>
<embed src="URL">
<iframe src="URL"></iframe>
<script src="URL"></script>
<meta http-equiv="refresh" content="0;url=URL">
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>t</title><image href="URL" width="9" height="9"/></svg>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><title>t</title><use xlink:href="URL#a"/></svg>
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>t</title><style>@import url("URL");</style></svg>
<base href="URL"><img src="a.png" alt="x">
<ul style="list-style-image:url(URL)"><li>x</li></ul>
<div style="border-image:url(URL)">x</div>
<div style="mask-image:url(URL)">x</div>
<img alt="x" src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='URL'/></svg>">
<style>@color-profile --x {src: url("URL")} p {color: color(--x 1 0 0)}</style>
""".strip().splitlines()


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that hears every request."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(CANARY.encode())

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/a", heard
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_no_construct_reaches_the_network_or_a_file(renderer, listener, tmp_path, construct):
    url, heard = listener
    heard.clear()
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    for target in (url, secret.as_uri()):
        body = f"<h1>A</h1><p>B</p>{construct.replace('URL', target)}"
        try:
            printed = renderer.render(page(body))
        except DocumentRefused:
            continue
        assert CANARY.encode() not in everything_in(printed)

    assert heard == []


def everything_in(content: bytes) -> bytes:
    """The document's bytes with all its streams unpacked."""
    reader = PdfReader(BytesIO(content))
    streams = (reader.get_object(number) for number in range(1, reader.trailer["/Size"]))
    return content + b"".join(item.get_data() for item in streams if isinstance(item, StreamObject))


def test_what_was_asked_for_in_vain_is_logged(renderer, caplog):
    renderer.render(page("<h1>A</h1><style>h1{background:url(http://127.0.0.1:9/x)}</style>"))

    assert "http://127.0.0.1:9/x" in caplog.text


# --- a document cannot hold anyone up ------------------------------------------------------------------------------------


USES = ["".join([f"<use href='#u{n - 1}'/>"] * 10) for n in range(1, 9)]
NESTED = "".join(f'<g id="u{n}">{uses}</g>' for n, uses in enumerate(USES, 1))
BOMB = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>t</title><g id="u0"><rect width="1" height="1"/></g>{NESTED}</svg>'
LAUGHS = "".join(f'<!ENTITY l{n} "{10 * f"&l{n - 1};"}">' for n in range(1, 10))
LAUGHTER = f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]><svg xmlns="http://www.w3.org/2000/svg"><text>&l9;</text></svg>'


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><td colspan=1000000>x</td></tr></table>",
        "<table><tr><td colspan=1000000000>x</td></tr></table>",
        BOMB,
        "<div>" * 400 + "x",
        "<p style='break-before:page'>x</p>" * 5000,
        '<img src="asset:laughs.svg" alt="x">',
        "słowo " * 400_000,
    ],
    ids=["wide", "wider", "nested use", "deep", "many pages", "entities", "long"],
)
def test_a_heavy_document_is_refused_in_time(body):
    started = time.monotonic()

    with pytest.raises(DocumentRefused):
        pdf(page(body), assets={"laughs.svg": LAUGHTER.encode()}, limits=SHORT)

    assert time.monotonic() - started < SHORT.wall_s + 5


def test_a_document_that_only_waits_is_stopped_by_the_clock():
    with pytest.raises(DocumentTimedOut):
        pdf(page("<p>x</p>" * 50_000), limits=Limits(cpu_s=60, wall_s=2))


def test_after_a_refusal_the_next_document_is_printed(renderer):
    with pytest.raises(DocumentRefused, match="nested too deeply"):
        renderer.render(page("<div>" * 400 + "x"))

    assert renderer.render(page("<h1>Dalej</h1>")).startswith(b"%PDF")


def test_a_missing_library_is_told_by_its_name(monkeypatch, tmp_path):
    broken = tmp_path / "press.py"
    broken.write_text("raise OSError('cannot load library libpango-1.0-0')")
    monkeypatch.setattr("consult.documents.rendering.PRESS", broken)

    with pytest.raises(PrintingUnavailable, match="libpango"):
        pdf(page("<h1>A</h1>"))


def test_nothing_is_left_behind(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Renderer() as renderer:
        renderer.render(page("<h1>A</h1>"))
        with pytest.raises(DocumentRefused):
            renderer.render(page("<div>" * 400))
        renderer.render(page("<h1>A</h1>"))

    assert not list(tmp_path.iterdir())


# --- many documents --------------------------------------------------------------------------------------------------------


def test_many_documents_come_in_their_order_and_a_refused_one_stops_nothing():
    taken = []

    def documents() -> Iterator[Document]:
        for number in range(9):
            taken.append(number)
            yield Document(page(f"<h1>Numer {number}</h1>" if number != 4 else "<div>" * 400))

    with Renderer(workers=2, limits=Limits(documents=3)) as renderer:
        results = renderer.print_each(documents())
        first = next(results)
        assert len(taken) < 9, "documents are made only as fast as they are printed"
        printed = [first, *results]

    assert isinstance(printed[4], DocumentRefused)
    for number, content in enumerate(printed):
        if number != 4:
            assert f"Numer {number}" in PdfReader(BytesIO(content)).pages[0].extract_text()


# --- numbered copies of a sheet ----------------------------------------------------------------------------------------

OVER = "<style>@page { @top-left {content:none} } .over { break-before: page; position: relative }</style>"
SHEET = f'<h1>Arkusz</h1><p>Treść</p><img src="asset:a.svg" alt="Mapa"><p style="break-before: page">Odwrót</p>{OVER}'


def copies_of(count: int, sheet: str = SHEET) -> Document:
    over = "".join(f'<p class="over">Nr {n} przód</p><p class="over">Nr {n} tył</p>' for n in range(1, count + 1))
    return Document(page(sheet + over), {"a.svg": SQUARE}, sheet_pages=2, copies=count)


@pytest.fixture(scope="module")
def copied(renderer) -> PdfReader:
    return PdfReader(BytesIO(renderer.print(copies_of(3))))


def test_every_copy_of_a_sheet_has_what_all_have_and_what_it_alone_has(copied):
    texts = [one.extract_text() for one in copied.pages]

    assert [[word in text for word in ("Treść", "Odwrót")] for text in texts] == [[True, False], [False, True]] * 3
    numbers = [re.findall(r"Nr (\d) (przód|tył)", text) for text in texts]
    assert numbers == [[(str(n), side)] for n in (1, 2, 3) for side in ("przód", "tył")]


def test_one_copy_is_read_aloud_whole_and_of_the_others_only_their_numbers(copied):
    """Every mark on a page has one owner, which says that it stands on that page; what has none is an artifact."""
    parents = copied.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    owners = {parents[place]: parents[place + 1] for place in range(0, len(parents), 2)}
    assert sorted(owners) == sorted(one["/StructParents"] for one in copied.pages)
    for one in copied.pages:
        marks = sorted(int(mark) for mark in re.findall(rb"/MCID (\d+)", one.get_contents().get_data()))
        owned = {mark: owner for mark, owner in enumerate(owners[one["/StructParents"]]) if owner != NullObject()}
        assert marks == sorted(owned)
        for mark, owner in owned.items():
            assert mark in kids_of(owner.get_object())
            assert owner.get_object().raw_get("/Pg") == one.indirect_reference
    assert [element["/Alt"] for element in elements(copied) if element.get("/S") == "/Figure"] == ["Mapa"]
    assert len([element for element in elements(copied) if element.get("/S") == "/H1"]) == 1


def test_a_sheet_is_drawn_once_however_many_copies_there_are(renderer):
    few, many = (len(renderer.print(copies_of(count))) for count in (10, 60))

    assert (many - few) / 50 < 3_000


def test_copies_look_like_the_sheet_with_their_number(renderer, tmp_path):
    content = renderer.print(copies_of(2))
    poppler("pdftoppm", content, tmp_path, "-r", "40", "-gray", last="look")
    first, _back, second, _second_back = (np.asarray(Image.open(path)) for path in sorted(tmp_path.glob("look*.pgm")))

    assert first.shape == second.shape
    assert (first != second).mean() < 0.01


def test_a_sheet_of_more_pages_than_it_may_have_is_refused(renderer):
    with pytest.raises(SheetTooLong) as refused:
        renderer.print(copies_of(2, SHEET + '<p style="break-before: page">Trzecia</p>'))
    assert refused.value.pages == 3
    assert renderer.print(copies_of(1)).startswith(b"%PDF-1.7")
