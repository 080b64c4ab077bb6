"""Printing: HTML becomes a PDF in limited processes, so that no document can harm or hold up the program that asks.

A document sees only the assets given with it (`asset:map.svg`), our one font family and `print.css`. The same input
gives the same bytes on every machine: no clock, no system fonts, no random names go in.
"""

import json
import logging
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from queue import LifoQueue
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any, BinaryIO, Self

from consult.documents.marks import icons
from consult.documents.press import receive, send

LOG = logging.getLogger(__name__)
HERE = Path(__file__).parent
PRESS, STYLESHEET, FONTS_CONF = HERE / "press.py", HERE / "print.css", HERE / "fonts.conf"


class DocumentRefused(Exception):
    """The document could not be printed; the text says why."""


class DocumentTimedOut(DocumentRefused):
    """Printing took longer than a document may take."""


class SheetTooLong(DocumentRefused):
    """A sheet of which copies were wanted takes more pages than it may, or fewer."""

    def __init__(self, words: str, pages: int) -> None:
        super().__init__(words)
        self.pages = pages


class PrintingUnavailable(DocumentRefused):
    """The printing process does not start, for instance because Pango is not installed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may use, and after how many documents a process is replaced."""

    cpu_s: int = 20
    wall_s: float = 25.0
    memory_mb: int = 1536
    output_mb: int = 50
    files: int = 64
    documents: int = 40


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that lies inside a document: the data of its figures."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A page to print: HTML with `<title>` and `<html lang>`, and the images it names as `asset:NAME`.

    Of a sheet in numbered copies the HTML holds the sheet, of `sheet_pages` pages, and then for each of the `copies` as
    many pages with what that copy alone has, which are laid over the sheet's. So a map is drawn once for all of them.

    With an attachment it is printed for an archive (PDF/A-3a, still PDF/UA-1) and has that file inside.
    """

    html: str
    assets: Mapping[str, bytes] = field(default_factory=dict)
    lang: str = "pl"
    title: str = ""
    moment: datetime | None = None
    sheet_pages: int = 0
    copies: int = 0
    attachment: Attachment | None = None

    @property
    def head(self) -> dict[str, Any]:
        return {
            "lang": self.lang,
            "title": self.title,
            "moment": self.moment.isoformat(timespec="seconds") if self.moment else None,
            "sheet_pages": self.sheet_pages,
            "copies": self.copies,
            "attached": [self.attachment.name, self.attachment.media_type] if self.attachment else None,
        }


def pdf(
    html: str,
    *,
    assets: Mapping[str, bytes] | None = None,
    lang: str = "pl",
    title: str = "",
    moment: datetime | None = None,
    limits: Limits = LIMITS,
) -> bytes:
    """Print one document in a process that lives only for it. For many documents keep a Renderer."""
    with Renderer(limits=limits) as renderer:
        return renderer.render(html, assets, lang=lang, title=title, moment=moment)


class Renderer:
    """A few printing processes, started when first needed and replaced when old or after any failure.

    Safe to call from several threads. As a context manager it ends its processes on leaving.
    """

    def __init__(self, workers: int = 1, limits: Limits = LIMITS) -> None:
        self.workers, self.limits = workers, limits
        self._places: LifoQueue[_Process | None] = LifoQueue()
        for _ in range(workers):
            self._places.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def render(
        self,
        html: str,
        assets: Mapping[str, bytes] | None = None,
        *,
        lang: str = "pl",
        title: str = "",
        moment: datetime | None = None,
    ) -> bytes:
        """The PDF, or DocumentRefused, DocumentTimedOut, PrintingUnavailable."""
        return self.print(Document(html, assets or {}, lang, title, moment))

    def print(self, document: Document) -> bytes:
        """The PDF of a document; waits while all processes are busy."""
        process, keep = self._places.get(), False
        try:
            if process and not process.is_alive:  # it died while nobody printed: no fault of this document
                process.end()
                process = None
            process = process or _Process(self.limits)
            printed = process.print(document)
            keep = process.printed < self.limits.documents
            return printed
        finally:
            if process and not keep:
                process.end()
            self._places.put(process if keep else None)

    def print_each(self, documents: Iterable[Document]) -> Iterator[bytes | DocumentRefused]:
        """The PDFs in the order of the documents; a refused document gives its refusal and stops nothing.

        Documents are taken from the iterable only as fast as they are printed, so thousands need no memory.
        """
        waiting: deque[Future[bytes | DocumentRefused]] = deque()
        with ThreadPoolExecutor(self.workers) as threads:
            for document in documents:
                waiting.append(threads.submit(self._attempt, document))
                if len(waiting) > 2 * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _attempt(self, document: Document) -> bytes | DocumentRefused:
        try:
            return self.print(document)
        except DocumentRefused as refusal:
            return refusal

    def close(self) -> None:
        """End the processes; a later call starts new ones."""
        for _ in range(self.workers):
            process = self._places.get()
            if process:
                process.end()
        for _ in range(self.workers):
            self._places.put(None)


class _Process:
    """One running press. A timer kills it when it is late, which also wakes whoever waits for its answer."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.printed, self.late = limits, 0, False
        self.folder = TemporaryDirectory(prefix="consult-press-", ignore_cleanup_errors=True)
        self.complaints = Path(self.folder.name, "complaints").open("w+b")  # noqa: SIM115 - closed in end()
        self.process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", str(PRESS), json.dumps(asdict(limits)), str(STYLESHEET)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            cwd=self.folder.name,
            env=self._environment(),
        )
        try:
            self._exchange(None)
        except DocumentRefused as problem:
            self.end()
            raise PrintingUnavailable(f"The printing process does not start: {problem}") from problem

    def _environment(self) -> dict[str, str]:
        folder = self.folder.name
        return {
            "FONTCONFIG_FILE": str(FONTS_CONF),
            "HOME": folder,
            "LC_ALL": "C.UTF-8",
            "TMPDIR": folder,
            "XDG_CACHE_HOME": folder,
        }

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def print(self, document: Document) -> bytes:
        self.printed += 1
        head, bodies = self._exchange(document)
        if "refused" in head:
            words = f"The document could not be printed: {head['refused']}."
            raise SheetTooLong(words, head["pages"]) if head["pages"] else DocumentRefused(words)
        if head["blocked"]:
            LOG.warning("A document asked for what it may not have: %s", ", ".join(head["blocked"]))
        return bodies[0]

    def _exchange(self, document: Document | None) -> tuple[dict[str, Any], list[bytes]]:
        """Send a document (nothing at the start) and wait for the answer, at most as long as a document may take."""
        timer = Timer(self.limits.wall_s, self._kill)
        timer.daemon = True
        timer.start()
        try:
            if document:
                self._send(document)
            return receive(self._answers)
        except (EOFError, BrokenPipeError, ConnectionResetError, ValueError) as problem:
            raise self._explain() from problem
        finally:
            timer.cancel()

    def _send(self, document: Document) -> None:
        assets = {**icons(), **document.assets}
        bodies = [document.html.encode("utf-8", "replace"), *assets.values()]
        if document.attachment:
            bodies.append(document.attachment.content)
        send(self._requests, {**document.head, "assets": list(assets)}, bodies)

    @property
    def _requests(self) -> BinaryIO:
        assert self.process.stdin is not None
        return self.process.stdin  # type: ignore[return-value]

    @property
    def _answers(self) -> BinaryIO:
        assert self.process.stdout is not None
        return self.process.stdout  # type: ignore[return-value]

    def _kill(self) -> None:
        self.late = True
        self.process.kill()

    def _explain(self) -> DocumentRefused:
        """Why the process gave no answer."""
        self.process.kill()
        code = self.process.wait()
        if self.late or code == -signal.SIGXCPU:
            return DocumentTimedOut("The document could not be printed in the time a document may take.")
        self.complaints.seek(0)
        lines = self.complaints.read()[-2000:].decode(errors="replace").strip().splitlines()
        return DocumentRefused(
            f"The printing process ended by itself (code {code}): {lines[-1] if lines else 'no reason given'}"
        )

    def end(self) -> None:
        """Kill the process if it still runs and remove its folder."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.complaints):
            if stream:
                _close(stream)
        self.folder.cleanup()


def _close(stream: Any) -> None:
    """Close a pipe whose other end may already be dead: what was left to write has no reader any more."""
    try:
        stream.close()
    except BrokenPipeError:
        return
