"""Files as people, careless and malicious, send them."""

import struct
import zlib
from io import BytesIO

from PIL import Image, PngImagePlugin

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def photo(picture="JPEG", size=(64, 48), colour="teal", **saving):
    """A small photo in a format."""
    written = BytesIO()
    Image.new("RGB", size, colour).save(written, picture, **saving)
    return written.getvalue()


def told_photo():
    """A JPEG whose camera tells where it was, who owns it, and more."""
    image = Image.effect_noise((400, 300), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "SECRET-MAKE"
    exif[0x013B] = "SECRET-ARTIST"
    exif.get_ifd(0x8825)[2] = (51.0, 35.0, 24.0)
    written = BytesIO()
    image.save(written, "JPEG", exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE")
    return written.getvalue() + b"<script>SECRET</script>PK\x03\x04SECRET"


def told_png():
    """A PNG with texts beside its pixels."""
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Comment", "SECRET-TEXT")
    facts.add_itxt("XML:com.adobe.xmp", "SECRET-XMP")
    return photo("PNG", pnginfo=facts)


def turned(orientation):
    """A photo of 60 x 20 whose camera says how it was held; its upper left corner is red."""
    image = Image.new("RGB", (60, 20), "white")
    image.paste("red", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = orientation
    written = BytesIO()
    image.save(written, "JPEG", exif=exif, quality=95)
    return written.getvalue()


def vast_png(width, height):
    """A PNG of a kilobyte that says it has so many pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def vast_webp(width, height):
    """A WebP that says it has so many pixels."""
    head = (
        b"VP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + struct.pack("<I", width - 1)[:3]
        + struct.pack("<I", height - 1)[:3]
    )
    body = b"WEBP" + head + photo("WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def many_scans():
    """A JPEG that asks its decoder to go over the picture again and again."""
    whole = photo("JPEG", progressive=True)
    return whole[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 500 + whole[-2:]
