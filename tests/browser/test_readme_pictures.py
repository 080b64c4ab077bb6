"""The pictures of README.md are taken from the demonstration by `script/pictures`, and looked at in every gate."""

import subprocess
from io import BytesIO

import pytest
from PIL import Image

from consult.config import ROOT
from consult.web.roles import Role
from debates.stages import MeetingStage
from tests.browser import samples
from tests.browser.test_help import MOST, TAKES, from_far_away

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 128


def page_of(site, name):
    """The address that a picture shows."""
    if name == "minutes-phone":
        with site.app.app_context():
            return site.address("debates.statements", meeting_id=samples._meeting(MeetingStage.DRAFTING))
    return site.address({"home": "desk.home", "feedback": "surveys.feedback"}[name])


def compared(name, shot):
    """How far a picture is from its page as it is now; taken anew first, where that is asked for."""
    file = PICTURES / f"{name}.png"
    if TAKES:
        shot.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    return abs(from_far_away(shot) - from_far_away(Image.open(file))).mean()


@pytest.mark.parametrize(
    ("name", "size", "role"),
    [
        ("home", (1200, 1000), None),
        ("minutes-phone", (390, 844), Role.OFFICER),
        ("feedback", (1200, 900), Role.COORDINATOR),
    ],
)
def test_the_picture_of_each_page_still_shows_it(visit, site, name, size, role):
    window = visit(*size, role=role)
    for _time in ("its letters come", "they are there"):
        window.open(page_of(site, name))
    window.page.wait_for_load_state("networkidle")
    assert compared(name, Image.open(BytesIO(window.page.screenshot()))) <= MOST, "take it anew by script/pictures"


def test_the_picture_of_the_document_still_shows_its_first_page(site, tmp_path):
    document = max(site.app.config["REPORTS_OUT"].glob("20*/1003-*.pdf"))
    drawn = tmp_path / "page"
    subprocess.run(["pdftoppm", "-r", "72", "-f", "1", "-l", "1", "-png", "-singlefile", document, drawn], check=True)
    assert compared("summary", Image.open(drawn.with_suffix(".png"))) <= MOST, "take it anew by script/pictures"


def test_every_picture_of_the_readme_is_taken_here():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = {file.stem for file in PICTURES.glob("*.png")}
    assert shown == {"home", "minutes-phone", "feedback", "summary"}
    assert [name for name in shown if f"docs/pictures/{name}.png" not in readme] == []
