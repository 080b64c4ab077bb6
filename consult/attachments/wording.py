"""Why a file is not taken, in words, by the name its owner knows it by; and what a kept file is called."""

from pathlib import PurePosixPath

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.attachments.sifting import MEGABYTE, MOST_BYTES, Kind, Wrong

LONGEST_NAME = 60
ELLIPSIS = "…"

REASONS = {
    Wrong.EMPTY: _l("The file “%(name)s” is empty. Choose it again."),
    Wrong.NOT_TAKEN: _l("The file “%(name)s” is neither a photo nor a PDF. Photos are taken as JPEG, PNG or WebP."),
    Wrong.HEIC: _l(
        "The photo “%(name)s” is in the HEIC format, which is not taken. On an iPhone choose it again from the photo "
        "library: it is then sent as JPEG. Or set Settings, Camera, Formats, Most Compatible and take it anew."
    ),
    Wrong.DAMAGED: _l("The file “%(name)s” is damaged or not complete. Choose it again or take another one."),
    Wrong.TOO_MANY_PIXELS: _l("The photo “%(name)s” has more than 24 megapixels. Make it smaller."),
    Wrong.TOO_MANY: _l("At most 3 files are taken. These were left out: %(name)s."),
    Wrong.TOO_LARGE: _l("All files together may have %(most)s MB at most. This was too much: %(name)s."),
    Wrong.TOO_OFTEN: _l("Too many files have come from your network. Go on without files, or wait an hour."),
    Wrong.NO_ROOM: _l("Files cannot be saved at the moment. Go on without them, or try again later."),
}
KINDS = {Kind.PHOTO: _l("Photo %(number)s"), Kind.PDF: _l("PDF document %(number)s")}


def reason(wrong: Wrong, name: str = "", most_bytes: int = MOST_BYTES) -> str:
    """Say why a file is not taken by a form that takes so many bytes."""
    return str(REASONS[wrong]) % {"name": name, "most": most_bytes // MEGABYTE}


def shown_name(name: str | None) -> str:
    """Bring the name that a browser sends into what a sentence can hold: no folders, nothing that turns the line."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    plain = "".join(character for character in last if character.isprintable()).strip()
    return f"{plain[:LONGEST_NAME]}{ELLIPSIS}" if len(plain) > LONGEST_NAME else plain or _("without a name")


def title(kind: Kind, number: int) -> str:
    """Name a kept file by what it is and its number."""
    return str(KINDS[kind]) % {"number": number}
