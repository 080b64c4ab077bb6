"""People at a browser, as the walks tell of them: what they do, and with which hands they do it.

A story says `resident.reports(...)`; where a button stands and whether a mouse or the keyboard presses it is told here,
once. Every page that somebody comes to is looked at: nothing wider than the window, no error, nothing for axe to find.
"""

import os
import re
from pathlib import Path

from playwright.sync_api import expect

PICTURES = os.environ.get("PICTURES_OF_WALKS")
"""A folder for a picture of every step, for whoever wants to look."""

ALL_IMAGES = """() => Promise.all([...document.images].map((one) => {
  one.loading = 'eager'
  return one.decode().catch(() => {})
}))"""
"""Also those further down, which come only when somebody scrolls to them."""

MOST_TABS = 150
SEEN = """element => {
  const shows = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== 'none' || style.backgroundColor === 'rgb(255, 216, 61)';
  const drawn = [element, ...(element.labels ?? [])];
  return drawn.some((one) => [null, '::before', '::after'].some((part) => shows(getComputedStyle(one, part))));
}"""
"""Whether an element with the focus is marked: by a line around it, its shadow, or the colour of the focus."""


class Mouse:
    """Hands with a mouse or a finger."""

    def press(self, target):
        target.click()

    def write(self, target, text):
        target.fill(text)

    def tick(self, target):
        target.check()

    def pick(self, target, value):
        target.select_option(value)


class Keyboard:
    """Hands that know only Tab, Enter, Space, arrows and letters, and eyes that look for the mark of the focus."""

    def press(self, target):
        self._reach(target)
        target.page.keyboard.press("Enter")

    def write(self, target, text):
        self._reach(target)
        if target.get_attribute("type") in {"date", "time"}:
            self._write_moment(target, text)
        else:
            target.page.keyboard.press("ControlOrMeta+A")
            target.page.keyboard.type(text)

    @staticmethod
    def _write_moment(target, text):
        """Type a day or a time part by part; in which order they stand is the browser's business."""
        for keys in orders_of(text):
            for _part in range(3):
                target.page.keyboard.press("ArrowLeft")
            target.page.keyboard.type(keys)
            if target.input_value() == text:
                return
        raise AssertionError(f"{text} cannot be typed")

    def tick(self, target):
        group = target.page.locator(f"input[name='{target.get_attribute('name')}']")
        if target.get_attribute("type") == "checkbox":
            self._reach(target)
            target.page.keyboard.press("Space")
            return
        self._reach(group)
        for _arrow in range(group.count()):
            if not target.is_checked():
                target.page.keyboard.press("Space" if has_focus(target) else "ArrowDown")
        assert target.is_checked()

    def pick(self, target, value):
        self._reach(target)
        for _arrow in range(target.locator("option").count()):
            if target.input_value() == value:
                return
            target.page.keyboard.press("ArrowDown")
        assert target.input_value() == value

    def _reach(self, targets):
        """Tab to an element, or to one of a group; each stop on the way shows that it has the focus."""
        page = targets.page
        targets.first.wait_for(state="attached")
        if not page.evaluate("document.activeElement.matches('main *')") and targets.first.evaluate(
            "e => e.matches('main *')"
        ):
            self._skip_the_header(page)
        for _tab in range(MOST_TABS):
            if any(has_focus(one) for one in targets.all()):
                break
            page.keyboard.press("Tab")
        else:
            raise AssertionError(f"the keyboard does not reach {targets}")
        at = page.locator(":focus")
        assert at.evaluate(SEEN), f"no mark of the focus on {at.evaluate('e => e.outerHTML')[:200]}"

    @staticmethod
    def _skip_the_header(page):
        page.locator("body").evaluate("body => { body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex'); }")
        page.keyboard.press("Tab")
        assert has_focus(page.locator(".govuk-skip-link")), "the first stop of a page leads to its content"
        page.keyboard.press("Enter")


def orders_of(text):
    """A day (2026-11-05) or a time (21:30) as it is typed in this country, and in others."""
    if ":" in text:
        hour, minute = text.split(":")
        return f"{hour}{minute}", f"{int(hour) % 12 or 12:02}{minute}{'PM' if int(hour) >= 12 else 'AM'}"
    year, month, day = text.split("-")
    return f"{day}{month}{year}", f"{month}{day}{year}", f"{year}{month}{day}"


def has_focus(element):
    """Whether an element is where the keyboard is."""
    return element.evaluate("one => one === document.activeElement")


class Person:
    """Somebody at a window."""

    def __init__(self, window, hand, *, name, axe):
        self.window, self.page, self.hand = window, window.page, hand
        self.name, self.axe, self.steps = name, axe, 0

    def goes_to(self, endpoint, **values):
        """Open a page by a bookmark or a link from elsewhere."""
        self.window.open(self.window.site.address(endpoint, **values))
        self.looks()

    def opens(self, path):
        """Open a path, such as that of a link in a letter."""
        self.window.open(path)
        self.looks()

    def looks(self):
        """See the page: no error, nothing cut off, nothing that axe finds."""
        expect(self.page.locator("h1")).to_be_visible()
        expect(self.page.locator("a[href='tel:112']").first).to_be_visible()
        assert self.window.complaints == []
        assert self.window.overflow() <= 0, f"{self.page.url} is wider than its window"
        seen = self.window.troubles()
        assert seen == [], (self.page.url, seen)
        if self.axe:
            assert self.window.findings() == [], self.page.url
        if PICTURES:
            self.steps += 1
            self.page.evaluate(ALL_IMAGES)
            path = Path(PICTURES) / f"{self.name}-{self.steps:02}.png"
            self.page.screenshot(path=path, full_page=True)

    def follows(self, path_end, within="main"):
        """Follow the link whose address ends so."""
        link = self.page.locator(f"{within} a[href$='{path_end}']").first
        self._goes_on(link)

    def opens_the_first(self, selector):
        """Follow the first of the links of a list."""
        self._goes_on(self.page.locator(f"main {selector}").first)

    def sends(self, button=".form-actions button"):
        """Press the button that goes on."""
        self._goes_on(self.page.locator(f"main {button}").last)

    def is_told_what_lacks(self):
        """Press the button too early: the list of what is wrong has the focus, and each of its links leads to a field."""
        with self.page.expect_response(lambda answer: answer.status == 422):
            self.hand.press(self.page.locator("main .form-actions button").last)
        summary = self.page.locator(".govuk-error-summary")
        expect(summary).to_be_focused()
        for link in summary.locator("a").all():
            expect(self.page.locator(link.get_attribute("href"))).to_be_attached()
        self.window.complaints.clear()  # the answer 422 is what we came for
        self.looks()

    def opens_the_menu(self):
        """Show the links of the header where the window has no room for them."""
        toggle = self.page.locator("header .govuk-service-navigation__toggle").last
        if toggle.is_visible():
            self.hand.press(toggle)

    def writes(self, **fields):
        """Fill in fields by their names."""
        for name, text in fields.items():
            self.hand.write(self._field(name), text)

    def ticks(self, **choices):
        """Choose among radio buttons and boxes by name and value."""
        for name, value in choices.items():
            self.hand.tick(self._field(name, f"[value='{value}']"))

    def picks(self, **choices):
        """Choose from lists by name and value."""
        for name, value in choices.items():
            self.hand.pick(self._field(name), value)

    def reads(self, text):
        """See some words on the page."""
        expect(self.page.locator("main").get_by_text(text).first).to_be_visible()

    def sees_status(self, status):
        """See the badge of a state."""
        badge = f"main .status--{status.replace('_', '-')}"
        expect(self.page.locator(badge).first).to_be_visible()

    def _field(self, name, more=""):
        name = name.replace("__", "-")
        return self.page.locator(
            f"main form :is(input, textarea, select)[name='{name}']{more}:not([type=hidden])"
        ).first

    def _goes_on(self, target):
        with self.page.expect_navigation():
            self.hand.press(target)
        self.looks()


class Resident(Person):
    """Somebody who lives there."""

    def says_what_and_where(self, category, town, text):
        """Fill in a report: what, where by searching, in some words; and go on to the check."""
        self.picks(category=category)
        self.writes(place__words=town)
        self._goes_on(self.page.locator("button[name=place-search]"))
        self.hand.tick(self.page.locator("input[name=place-choice]").first)
        self.writes(description=text)
        self.sends()

    def sends_the_report(self):
        """Press the last button; gives the path of the receipt."""
        self.sends("button[name=step][value=send]")
        return self.keeps_the_link()

    def adds_a_voice(self, text):
        """Say "I see it too" on the page of a threat; gives the path of the receipt."""
        self.follows("/voices/new")
        self.writes(description=text)
        self.sends()
        return self.keeps_the_link()

    def keeps_the_link(self):
        """Read the number and the secret link on the receipt."""
        self.reads("ZG-")
        link = self.page.locator(".report-link__address")
        expect(link).to_be_visible()
        return re.sub(r"^https?://[^/]+", "", link.get_attribute("href"))


class Officer(Person):
    """Somebody of the police."""

    def changes_status(self, after, words):
        """Give a threat, whose page is open, another state and the answer that residents read."""
        self.follows("/status")
        self.ticks(after=after)
        self.writes(reason=words)
        self.sends()
        self.sees_status(after)

    def hands_over(self, words):
        """Hand a threat, whose page is open, over to the first office that is offered, with a letter."""
        self.follows("/status")
        self.ticks(after="handed_over")
        self.writes(reason=words)
        self.sends()
        self.hand.tick(self.page.locator("main input[name=office]").first)
        self.writes(asked="Prosimy o ustawienie słupków (dane próbne).", reason=words)
        self.sends()
        self.sees_status("handed_over")

    def turns_to(self, path_end):
        """Go by the menu of the police."""
        self.opens_the_menu()
        link = self.page.locator(f"header .staff-menu a[href$='{path_end}']").first
        if not link.is_visible():
            self.hand.press(self.page.locator(f"header .staff-menu__group:has(a[href$='{path_end}']) > summary").first)
        self._goes_on(link)

    def says_in_minutes(self, words):
        """Write one statement on the page of minutes, and see it among the others."""
        expect(self.page.locator("[data-live][data-waits]")).to_be_attached()
        field = self.page.locator("[data-live] textarea[name=text]")
        self.hand.write(field, words)
        field.press("Enter")
        expect(field).to_have_value("")
        expect(self.page.locator(".outbox__line--kept")).to_have_count(0)

    def enters_check(self, day, time, finding):
        """Enter a check on the spot."""
        self.follows("/checks/new")
        self.writes(checked_on=day.isoformat(), checked_time=time)
        self.ticks(finding=finding)
        self.sends()

    def screens(self, report, decision):
        """Decide about a report of the queue by its button."""
        self._goes_on(self.page.locator(f"#report-{report.id} button[value={decision}]"))
        expect(self.page.locator(f"#report-{report.id}")).to_have_count(0)

    def follows_review(self, case):
        """Go on from a reply to its review."""
        card = self.page.locator("article", has_text=case.number)
        self._goes_on(card.locator("a[href$='/review']"))
