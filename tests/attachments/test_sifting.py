"""What is taken of a file: its pixels and nothing else; what is refused, and why."""

from io import BytesIO

import pytest
from PIL import Image

from consult.attachments.sifting import LONGEST_SIDE, FileRefused, Kind, Wrong, sift
from tests.attachments.makers import PDF, many_scans, photo, told_photo, told_png, turned, vast_png, vast_webp


def opened(sifted):
    return Image.open(BytesIO(sifted.content))


def refusal(content):
    with pytest.raises(FileRefused) as refused:
        sift(content)
    return refused.value.wrong


@pytest.mark.parametrize("picture", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_jpeg_whatever_it_was(picture):
    sifted = sift(photo(picture))
    assert sifted.kind is Kind.PHOTO
    assert (opened(sifted).format, opened(sifted).size) == ("JPEG", (64, 48))


@pytest.mark.parametrize("made", [told_photo, told_png])
def test_nothing_stays_of_what_the_camera_wrote_or_somebody_hid(made):
    sifted = sift(made())
    assert b"SECRET" in made()
    assert b"SECRET" not in sifted.content
    assert b"script" not in sifted.content
    assert not opened(sifted).getexif()
    assert set(opened(sifted).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_upright_however_the_phone_was_held(orientation):
    picture = opened(sift(turned(orientation)))
    assert picture.size == ((60, 20) if orientation < 5 else (20, 60))
    corners = {1: (2, 2), 2: (57, 2), 3: (57, 17), 4: (2, 17), 5: (2, 2), 6: (17, 2), 7: (17, 57), 8: (2, 57)}
    red, green, _blue = picture.getpixel(corners[orientation])
    assert red > 200
    assert green < 90


def test_what_is_transparent_becomes_white():
    written = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(written, "PNG")
    assert min(opened(sift(written.getvalue())).getpixel((4, 4))) > 250


def test_a_large_photo_is_made_smaller():
    assert opened(sift(photo(size=(5_000, 500)))).size == (LONGEST_SIDE, LONGEST_SIDE // 10)


def test_of_an_animation_the_first_picture_is_taken():
    written = BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(written, "WEBP", save_all=True, append_images=frames[1:])
    red, _green, blue = opened(sift(written.getvalue())).getpixel((4, 4))
    assert red > 200 > 60 > blue


def test_the_same_photo_gives_the_same_bytes():
    sent = told_photo()
    assert sift(sent).digest == sift(sent).digest


@pytest.mark.parametrize(
    "content",
    [vast_png(13_000, 13_000), vast_png(20_000, 20_000), vast_png(5_000, 5_000), vast_webp(16_383, 16_383)],
    ids=["13000 px", "20000 px", "25 megapixels", "webp"],
)
def test_a_photo_that_would_unpack_to_gigabytes_is_refused_by_its_header(content):
    assert len(content) < 2_000
    assert refusal(content) is Wrong.TOO_MANY_PIXELS


def test_a_jpeg_of_endless_scans_is_refused():
    assert refusal(many_scans()) is Wrong.DAMAGED


@pytest.mark.parametrize("picture", ["JPEG", "PNG", "WEBP"])
def test_a_photo_cut_off_anywhere_is_refused(picture):
    image = Image.effect_noise((120, 90), 80).convert("RGB")
    written = BytesIO()
    image.save(written, picture)
    whole = written.getvalue()
    for share in range(5, 100, 5):
        assert refusal(whole[: len(whole) * share // 100]) in {Wrong.DAMAGED, Wrong.NOT_TAKEN}, f"{share} %"


def test_a_pdf_is_kept_as_it_came():
    sifted = sift(PDF)
    assert (sifted.kind, sifted.content) == (Kind.PDF, PDF)


def test_a_pdf_cut_off_on_its_way_is_refused():
    assert refusal(PDF[:-10]) is Wrong.DAMAGED


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", Wrong.EMPTY),
        (b"PK\x03\x04" + bytes(100), Wrong.NOT_TAKEN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), Wrong.NOT_TAKEN),
        (b"MZ\x90\x00" + bytes(100), Wrong.NOT_TAKEN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", Wrong.NOT_TAKEN),
        (b"<!DOCTYPE html><p>%PDF-1.7", Wrong.NOT_TAKEN),
        (b"GIF89a" + bytes(100), Wrong.NOT_TAKEN),
        (b"II*\x00" + bytes(100), Wrong.NOT_TAKEN),
        (b"%!PS-Adobe-3.0 EPSF-3.0", Wrong.NOT_TAKEN),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), Wrong.HEIC),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(100), Wrong.NOT_TAKEN),
        (b"\xff\xd8\xff<html><script>alert(1)</script>", Wrong.DAMAGED),
        (b"\x89PNG\r\n\x1a\n", Wrong.DAMAGED),
        (b"RIFF\x00\x00\x00\x00WEBP", Wrong.DAMAGED),
        (b"\n%PDF-1.7 %%EOF", Wrong.NOT_TAKEN),
    ],
)  # fmt: skip
def test_anything_else_is_refused(content, wrong):
    assert refusal(content) is wrong
