"""QR codes as drawings, for papers that lead to a page."""

from io import BytesIO

import segno

from consult.documents.lettering import drawing

QUIET_ZONE = 4
PIXELS = 8
"""Of a module's side in a picture: enough for the sharpest printer, since nothing is between black and white."""


def code(text: str, title: str, *, size_mm: float = 28) -> str:
    """The text as a QR code with its quiet zone, of middle error correction, black on white whatever lies below."""
    qr = segno.make_qr(text, error="m", boost_error=False)
    rows = [bytes(row) for row in qr.matrix_iter(border=QUIET_ZONE)]
    moves = "".join(_row(row, place) for place, row in enumerate(rows))
    side = len(rows)
    body = (
        f'<rect width="{side}" height="{side}" fill="#ffffff"/>'
        f'<path d="{moves}" fill="#000000" shape-rendering="crispEdges"/>'
    )
    return drawing(side, side, title, "", body, width_mm=size_mm)


def picture(text: str) -> bytes:
    """The same code as a PNG, which prints in a tenth of a drawing's time: for letters by the thousand."""
    stream = BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(stream, kind="png", scale=PIXELS, border=QUIET_ZONE)
    return stream.getvalue()


def _row(row: bytes, top: int) -> str:
    """One rectangle for each run of dark modules."""
    moves, start = "", -1
    for place, dark in enumerate([*row, 0]):
        if dark and start < 0:
            start = place
        elif not dark and start >= 0:
            moves += f"M{start} {top}h{place - start}v1h-{place - start}z"
            start = -1
    return moves
