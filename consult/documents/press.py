"""The press: the limited process in which HTML becomes a PDF.

It is started as a program of its own (`python -I press.py LIMITS STYLESHEET`), reads documents from its standard input
and answers each with a PDF or with a refusal. It reaches no network, starts no program, and a document sees no file but
the assets it was sent. Only the functions that pack and unpack messages are meant for others.
"""

import gc
import json
import logging
import os
import re
import sys
import unicodedata
from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

ASSET = "asset:"
CLINGING = re.compile(r"(?<![^\s(„«])([AaIiOoUuWwZz]|nr|ul\.|al\.|pl\.|os\.|art\.|ust\.|pkt|tel\.|§|№) (?=\S)")
"""Polish words that never end a line: one letter long, or before the name or number they belong to."""
FACES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")
MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".css": "text/css",
    ".ttf": "font/ttf",
}
ACCESSIBLE, ARCHIVAL = "pdf/ua-1", "pdf/a-3a"
ALSO_ACCESSIBLE = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the document follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""
"""What an archival document says of itself beside PDF/A: that it is PDF/UA-1 too, in words that PDF/A knows."""

FORBIDDEN_ACTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "urllib.")


def send(stream: IO[bytes], head: Mapping[str, Any], bodies: Sequence[bytes] = ()) -> None:
    """One message: a line of JSON that names the sizes, then the bodies one after another."""
    line = json.dumps({**head, "sizes": [len(body) for body in bodies]})
    stream.write(line.encode() + b"\n")
    for body in bodies:
        stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """The next message; EOFError when the other side has gone."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError("the other side has gone")
    head: dict[str, Any] = json.loads(line)
    bodies = [stream.read(size) for size in head["sizes"]]
    if [len(body) for body in bodies] != head["sizes"]:
        raise EOFError("the other side has gone in the middle of a message")
    return head, bodies


def confine(limits: Mapping[str, int]) -> None:
    """Take away memory, files and core dumps beyond the limits; the processor's time is set for each document."""
    import resource

    for which, value in (
        (resource.RLIMIT_AS, limits["memory_mb"] << 20),
        (resource.RLIMIT_FSIZE, limits["output_mb"] << 20),
        (resource.RLIMIT_NOFILE, limits["files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (value, value))


def allow_time(cpu_s: int) -> None:
    """Let this process use so many more seconds of the processor, then die by SIGXCPU."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + cpu_s + 1, hard))


def forbid_the_outside() -> None:
    """A second wall behind the fetcher: Python itself refuses sockets and programs from now on."""

    def refuse(event: str, _: tuple[Any, ...]) -> None:
        if event.startswith(FORBIDDEN_ACTS):
            raise PermissionError(f"{event} is not for a document")

    sys.addaudithook(refuse)


def own_assets() -> dict[str, bytes]:
    """What every document may use: the faces of the one font family."""
    folder = files("font_source_sans_pro") / "files"
    return {f"{face}.ttf": (folder / f"SourceSansPro-{face}.ttf").read_bytes() for face in FACES}


class Lettercase:
    """The letters that the font has; others are replaced, because a hollow box says nothing."""

    def __init__(self, font: bytes) -> None:
        from io import BytesIO

        from fontTools.ttLib import TTFont

        self.known = frozenset(TTFont(BytesIO(font), lazy=True).getBestCmap()) | {ord("\n"), ord("\t"), ord("\r")}

    def substitute(self, letter: str) -> str:
        """The nearest thing the font can print: a plain form, nothing for invisible marks, else a question mark."""
        plain = unicodedata.normalize("NFKC", letter).replace("\u2010", "-")
        if plain and all(ord(part) in self.known for part in plain):
            return plain
        return "" if unicodedata.category(letter) in {"Cc", "Cf", "Mn", "Me"} else "?"

    def fit(self, text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        return text.translate(
            {ord(letter): self.substitute(letter) for letter in set(text) if ord(letter) not in self.known}
        )


def bind_words(root: Any) -> None:
    """Put a space that does not break after the words that cling to the next one."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in {"style", "script", "title"} and element.text:
            element.text = bound(element.text)
        if element.tail:
            element.tail = bound(element.tail)


def bound(text: str) -> str:
    return CLINGING.sub("\\1\u00a0", CLINGING.sub("\\1\u00a0", text))


def fetcher(assets: Mapping[str, bytes], blocked: list[str]) -> Any:
    """The only door to anything outside the HTML: names of our assets, and data inside the page."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Assets(URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(allowed_protocols=frozenset({"data"}), allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix(ASSET)
            if name != url and name in assets:
                kind = MEDIA_TYPES.get(Path(name).suffix.lower(), "application/octet-stream")
                return URLFetcherResponse(url, assets[name], {"Content-Type": kind})
            if url.startswith("data:"):
                return super().fetch(url, headers)
            blocked.append(url[:200])
            raise ValueError("a document may use only its own assets")

    return Assets()


class Complaints(logging.Handler):
    """What the typesetter found wrong while it worked on one document."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def faults(self) -> list[str]:
        """Those that make the document wrong: a picture of ours that cannot be drawn, or one without words for it."""
        return [message for message in self.messages if ASSET in message or "alt description" in message]


def tidy_tags(_: Any, pdf: Any) -> None:
    """Finish the tags for screen readers: scopes of table headers; headers and footers of pages are no content."""
    objects: dict[bytes, Any] = {item.reference: item for item in pdf.objects if item.free != "f"}
    elements = {
        at: item for at, item in objects.items() if isinstance(item, dict) and item.get("Type") == "/StructElem"
    }
    for element in elements.values():
        if element["S"] == "/TH":
            row = objects.get(element["P"], {})
            group = objects.get(row.get("P"), {})
            element["A"]["Scope"] = "/Column" if group.get("S") == "/THead" else "/Row"
    root = objects[pdf.catalog["StructTreeRoot"]]
    reached = reachable(root, objects)
    loose = [element for reference, element in elements.items() if reference not in reached]
    set_aside(loose, objects, objects[root["ParentTree"]])


def is_element(item: Any) -> bool:
    return isinstance(item, dict) and item.get("Type") == "/StructElem"


def reachable(root: Any, objects: Mapping[bytes, Any]) -> set[bytes]:
    """The references of all elements that hang in the document's tree."""
    seen: set[bytes] = set()
    waiting = list(root["K"])
    while waiting:
        reference = waiting.pop()
        if isinstance(reference, bytes) and reference not in seen and reference in objects:
            seen.add(reference)
            waiting.extend(objects[reference].get("K", ()))
    return seen


def set_aside(loose: Sequence[Any], objects: Mapping[bytes, Any], parents: Any) -> None:
    """Turn the marked content of elements outside the tree into artifacts, which screen readers skip."""
    for element in loose:
        marks = {kid for kid in element["K"] if isinstance(kid, int)}
        if marks:
            page = objects[element["Pg"]]
            untag(objects[page["Contents"]].stream, marks)
            owners = parents["Nums"][2 * page["StructParents"] + 1]
            for mark in marks:
                owners[mark] = b"null"


def untag(stream: list[Any], marks: Container[int]) -> None:
    """Rewrite the openings `/Tag <</MCID n>> BDC` of these marks as `/Artifact BMC`, from the end: places must hold."""
    for place in reversed(range(1, len(stream) - 1)):
        item = stream[place]
        if isinstance(item, dict) and item.get("MCID") in marks:
            stream[place - 1 : place + 2] = [b"/Artifact", b"BMC"]


def attach(metadata: Any, name: str, content: bytes, moment: str | None) -> None:
    """Put a file into a document that goes to an archive, and say in its metadata that it is accessible as well."""
    from weasyprint import Attachment

    at = datetime.fromisoformat(moment) if moment else datetime(1970, 1, 1, tzinfo=UTC)
    given = {"created": at, "modified": at, "relationship": "Data"}
    metadata.attachments = [Attachment(string=content.decode(), name=name, description=metadata.title, **given)]
    said_of_pdfa = metadata.generate_rdf_metadata

    def said(*args: Any) -> bytes:
        words: bytes = said_of_pdfa(*args)
        return words.replace(b"</rdf:RDF>", ALSO_ACCESSIBLE)

    metadata.generate_rdf_metadata = said


def unpack_metadata(pdf: Any) -> None:
    """Leave the metadata unpacked, so that an archive finds them without understanding the document."""
    for item in pdf.objects:
        if getattr(item, "extra", {}).get("Type") == "/Metadata":
            item.compress = False


class TooLong(ValueError):
    """A sheet takes more pages, or fewer, than it may."""

    def __init__(self, pages: int, wanted: int) -> None:
        super().__init__(f"a sheet takes {pages} pages and not {wanted}")
        self.pages = pages


def lay_over(pdf: Any, sheet_pages: int) -> None:
    """Make numbered copies of a sheet, which is drawn once: what follows its pages is laid over it, copy by copy.

    The first copy is the sheet with its tags. In all others the sheet is an artifact, and only what tells the copy
    from the first one is read aloud: nobody wants to hear one form two hundred times.
    """
    from pydyf import Array, Stream

    objects: dict[bytes, Any] = {item.reference: item for item in pdf.objects if item.free != "f"}
    pages = [objects[reference] for reference in pdf.page_references]
    parents = objects[objects[pdf.catalog["StructTreeRoot"]]["ParentTree"]]
    around = [Stream([mark]) for mark in (b"q", b"Q")]
    for item in around:
        pdf.add_object(item)
    opened, closed = (item.reference for item in around)
    for place, page in enumerate(pages[:sheet_pages]):
        drawn = objects[page["Contents"]]
        quiet = Stream(list(drawn.stream), compress=drawn.compress)
        pdf.add_object(quiet)
        untag(quiet.stream, range(len(owners_of(page, parents))))
        first, *others = pages[sheet_pages + place :: sheet_pages]
        page["Contents"] = Array([opened, drawn.reference, closed, first["Contents"]])
        take_tags(page, first, objects, parents)
        for over in others:
            over["Contents"] = Array([opened, quiet.reference, closed, over["Contents"]])
    kept = [*pages[:sheet_pages], *pages[2 * sheet_pages :]]
    pdf.pages["Kids"] = Array([part for page in kept for part in (page.number, 0, "R")])
    pdf.pages["Count"] = len(kept)


def owners_of(page: Any, parents: Any) -> Any:
    """The elements to which the marked content of a page belongs, by its number."""
    nums = parents["Nums"]
    return nums[nums.index(page["StructParents"]) + 1]


def take_tags(page: Any, over: Any, objects: Mapping[bytes, Any], parents: Any) -> None:
    """Let the marked content of a page laid over another be that page's own, under the numbers that follow."""
    owners, nums = owners_of(page, parents), parents["Nums"]
    shift = len(owners)
    for item in objects[over["Contents"]].stream:
        if isinstance(item, dict) and "MCID" in item:
            item["MCID"] += shift
    for element in filter(is_element, objects.values()):
        if element.get("Pg") == over.reference:
            element["Pg"] = page.reference
            element["K"][:] = [kid + shift if isinstance(kid, int) else kid for kid in element["K"]]
    owners.extend(owners_of(over, parents))
    place = nums.index(over["StructParents"])
    del nums[place : place + 2]


class Press:
    """What stays in the process between documents: fonts, letters, the print stylesheet."""

    def __init__(self, limits: Mapping[str, int], stylesheet: str) -> None:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        self.weasyprint, self.limits = weasyprint, limits
        self.assets = own_assets()
        self.fonts = FontConfiguration()
        fetch = fetcher(self.assets, [])
        self.stylesheet = weasyprint.CSS(string=stylesheet, url_fetcher=fetch, font_config=self.fonts)
        self.letters = Lettercase(self.assets["Regular.ttf"])
        self.complaints = Complaints()
        logging.getLogger("weasyprint").addHandler(self.complaints)

    def pdf(
        self, head: Mapping[str, Any], html: bytes, assets: Mapping[str, bytes], attached: bytes | None
    ) -> tuple[bytes, list[str]]:
        """One document; the same input gives the same bytes."""
        variant = ACCESSIBLE if attached is None else ARCHIVAL
        blocked: list[str] = []
        self.complaints.messages = []
        fetch = fetcher({**self.assets, **self.lettered(assets)}, blocked)
        page = self.weasyprint.HTML(string=self.letters.fit(html.decode()), url_fetcher=fetch)
        language = page.etree_element.attrib.setdefault("lang", head["lang"])
        if language.startswith("pl"):
            bind_words(page.etree_element)
        document = page.render(font_config=self.fonts, stylesheets=[self.stylesheet], pdf_variant=variant)
        sheet_pages, copies = head["sheet_pages"], head["copies"]
        if copies and len(document.pages) != sheet_pages * (copies + 1):
            raise TooLong(len(document.pages) - sheet_pages * copies, sheet_pages)
        metadata = document.metadata
        metadata.title = head["title"] or metadata.title
        if not metadata.title:
            raise ValueError("it has no title")
        metadata.created = metadata.modified = head["moment"]
        metadata.attachments = []
        if attached is not None:
            attach(metadata, head["attached"][0], attached, head["moment"])

        def finish(document: Any, pdf: Any) -> None:
            tidy_tags(document, pdf)
            if copies:
                lay_over(pdf, sheet_pages)
            if attached is not None:
                unpack_metadata(pdf)

        printed = document.write_pdf(pdf_variant=variant, pdf_identifier=True, finisher=finish)
        if faults := self.complaints.faults():
            raise ValueError("; ".join(faults))
        return printed, blocked

    def lettered(self, assets: Mapping[str, bytes]) -> dict[str, bytes]:
        """The assets, with the words in drawings held to the letters of the font."""
        return {
            name: self.letters.fit(content.decode()).encode() if name.endswith(".svg") else content
            for name, content in assets.items()
        }

    def answer(self, stream: IO[bytes], head: Mapping[str, Any], bodies: Sequence[bytes]) -> bool:
        """Send back the PDF or the reason why there is none; False when this process should not go on."""
        html, *contents = bodies
        attached = contents.pop() if head["attached"] else None
        try:
            printed, blocked = self.pdf(head, html, dict(zip(head["assets"], contents, strict=True)), attached)
        except (Exception, self.weasyprint.urls.FatalURLFetchingError) as problem:  # noqa: BLE001 - told to the parent
            pages = problem.pages if isinstance(problem, TooLong) else 0
            send(stream, {"refused": reason(problem), "pages": pages})
            return False
        if len(printed) > self.limits["output_mb"] << 20:
            send(stream, {"refused": f"the PDF would be larger than {self.limits['output_mb']} MB"})
            return False
        send(stream, {"blocked": blocked}, [printed])
        return True


def reason(problem: BaseException) -> str:
    """The problem in words that help whoever wrote the document."""
    if isinstance(problem, RecursionError):
        return "its elements are nested too deeply"
    if isinstance(problem, MemoryError):
        return "it needs more memory than a document may use"
    if isinstance(problem, ValueError):
        return str(problem)[:500]
    return f"it could not be laid out ({type(problem).__name__}: {problem})"[:500]


def work() -> None:
    """Print documents until nobody asks any more."""
    limits, stylesheet = json.loads(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not land in the answers
    confine(limits)
    allow_time(limits["cpu_s"])
    press = Press(limits, stylesheet)
    forbid_the_outside()
    gc.freeze()  # the libraries stay for good: looking through them again costs a fifth of each document's time
    send(answers, {"ready": True})
    while True:
        try:
            head, bodies = receive(sys.stdin.buffer)
        except EOFError:
            return
        allow_time(limits["cpu_s"])
        if not press.answer(answers, head, bodies):
            return


if __name__ == "__main__":
    work()
