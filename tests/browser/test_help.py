"""Help shows pages as they are now: its pictures are taken by this module, and looked at in every gate."""

import os
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from consult.help.topics import TOPICS
from consult.help.views import PICTURES
from consult.web.roles import Role

TAKES = bool(os.environ.get("TAKE_PICTURES"))
"""Whether the pictures are to be taken anew (`script/pictures`)."""

SIZE = 960, 640
LOOKED_AT = 48, 32
MOST = 14
"""So many of 255 shades may a picture differ on average when it is looked at from far away: days and numbers do."""

WITHOUT = {"follow": "a receipt is one person's alone"}
SHOWN = [topic for topic in TOPICS if topic.slug not in WITHOUT]


def languages(topic):
    return ("pl", "en", "uk") if topic.is_for_residents else ("pl",)


def from_far_away(picture):
    return np.asarray(picture.convert("L").resize(LOOKED_AT), dtype=float)


@pytest.mark.parametrize("role", [None, *Role])
def test_the_picture_of_each_task_still_shows_its_page(visit, site, role):
    window = visit(*SIZE, role=role)
    changed = {}
    first = {topic.slug: topic.whose[0] for topic in SHOWN}
    for code in ("pl", "en", "uk"):
        ours = [topic for topic in SHOWN if first[topic.slug] == role and code in languages(topic)]
        if ours:
            window.open(site.address("web.language_choice", code=code, next="/"))
        for topic in ours:
            window.open(site.address(topic.start))
            window.page.wait_for_load_state("networkidle")
            shot = Image.open(BytesIO(window.page.screenshot()))
            file = PICTURES / f"{topic.slug}.{code}.webp"
            if TAKES:
                shot.convert("RGB").save(file, quality=72, method=6)
            differs = abs(from_far_away(shot) - from_far_away(Image.open(file))).mean()
            if differs > MOST:
                changed[file.name] = round(differs, 1)
    assert changed == {}, "take them anew by script/pictures, and look at them"


def test_no_picture_is_of_a_task_that_is_gone():
    wanted = {f"{topic.slug}.{code}.webp" for topic in SHOWN for code in languages(topic)}
    assert {file.name for file in PICTURES.glob("*.webp")} == wanted


def test_a_question_mark_shows_the_keys_and_can_be_switched_off(visit, site):
    window = visit()
    window.open(site.address("threats.index"))
    window.page.locator("main").press("?")
    shown = window.page.locator("dialog.keys-window")
    shown.wait_for()
    assert shown.locator("kbd").count() > 5
    assert window.findings() == []
    window.page.keyboard.press("Escape")
    shown.wait_for(state="detached")
    window.open(site.address("online_reports.new"))
    window.page.locator("textarea").first.press("?")
    assert shown.count() == 0
    assert window.page.locator("textarea").first.input_value() == "?"
    window.open(site.address("help.keys"))
    window.page.locator("[data-keys-switch] button").click()
    window.open(site.address("threats.index"))
    window.page.locator("main").press("?")
    window.page.wait_for_timeout(300)
    assert shown.count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast_is_given_to_whoever_asks_for_it(visit, site, scheme):
    """The words become as dark (or as light) as a screen can; others keep their softer colours."""
    muted = {}
    for contrast in ("no-preference", "more"):
        window = visit(390, 800, color_scheme=scheme, contrast=contrast)
        window.open(site.address("help.easy"))
        read = "getComputedStyle(document.documentElement).getPropertyValue('--muted').trim()"
        window.page.wait_for_load_state("networkidle")
        muted[contrast] = window.page.evaluate(read)
        assert window.overflow() == 0
        assert window.findings() == []
    assert muted["more"] == {"light": "#000000", "dark": "#ffffff"}[scheme] != muted["no-preference"]
