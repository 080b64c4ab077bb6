"""What a file is, by its content and never by its name, and what of it may be kept.

A photo is drawn on a new canvas: what its camera wrote about place, time and owner stays behind, and so does whatever
else was hidden in the file. A PDF cannot be cleaned, so it is kept as it came and never shown. Nothing else is taken.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from io import BytesIO

from PIL import Image, ImageOps

MOST_FILES = 3
"""So many files come with one form."""

MEGABYTE = 1024 * 1024
MOST_BYTES = 5 * MEGABYTE
"""The most that the files of one form have together, where the form does not say otherwise."""

MOST_PIXELS = 24_000_000
"""More cannot be unpacked without harm to everybody else: 24 million need some 100 MB."""

LONGEST_SIDE = 2560
"""A longer photo is made smaller, in pixels: number plates and house numbers stay legible."""

MOST_SCANS = 64
"""A JPEG draws its picture in scans, a camera's in a dozen at most; thousands keep a decoder busy for minutes."""

QUALITY = 85
TAIL = 2048

_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


class Kind(StrEnum):
    """What a kept file is."""

    PHOTO = "photo"
    PDF = "pdf"


class Wrong(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    NOT_TAKEN = "not_taken"
    HEIC = "heic"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    TOO_OFTEN = "too_often"
    NO_ROOM = "no_room"


class FileRefused(ValueError):
    """A file is not taken; `wrong` says why."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.value)
        self.wrong = wrong


@dataclass(frozen=True)
class Sifted:
    """A file as it is kept."""

    kind: Kind
    content: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content: the same file again is the same file."""
        return hashlib.sha256(self.content).hexdigest()


def sift(content: bytes) -> Sifted:
    """Give a file as it may be kept, or raise FileRefused."""
    if not content:
        raise FileRefused(Wrong.EMPTY)
    picture = _picture_format(content)
    if picture is not None:
        return Sifted(Kind.PHOTO, _drawn_anew(content, picture))
    if content.startswith(b"%PDF-"):
        return Sifted(Kind.PDF, _whole_pdf(content))
    raise FileRefused(Wrong.HEIC if content[4:8] == b"ftyp" and content[8:12] in _HEIC else Wrong.NOT_TAKEN)


def _picture_format(content: bytes) -> str | None:
    """Name the format of a picture that is taken, by the numbers every such file begins with."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _whole_pdf(content: bytes) -> bytes:
    """Refuse a PDF that was cut off on its way; nothing else can be said about it without opening it."""
    if b"%%EOF" not in content[-TAIL:]:
        raise FileRefused(Wrong.DAMAGED)
    return content


def _drawn_anew(content: bytes, picture: str) -> bytes:
    """Draw a picture as a JPEG that holds nothing but its pixels."""
    if picture == "JPEG" and content.count(b"\xff\xda") > MOST_SCANS:
        raise FileRefused(Wrong.DAMAGED)
    try:
        return _redrawn(content, picture)
    except FileRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefused(Wrong.TOO_MANY_PIXELS) from error
    except Exception as error:  # whatever a decoder stumbles over, the file is why
        raise FileRefused(Wrong.DAMAGED) from error


def _redrawn(content: bytes, picture: str) -> bytes:
    with Image.open(BytesIO(content), formats=[picture]) as image:
        if image.width * image.height > MOST_PIXELS:  # the header says so; no pixel has been unpacked yet
            raise FileRefused(Wrong.TOO_MANY_PIXELS)
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        opaque = upright.convert("RGBA")
        canvas = Image.new("RGB", opaque.size, "white")
        canvas.paste(opaque, mask=opaque)
    drawn = BytesIO()
    canvas.save(drawn, "JPEG", quality=QUALITY)
    return drawn.getvalue()
