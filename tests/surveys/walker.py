"""Somebody without scripts who answers a questionnaire: reads the page, fills in fields, presses a button."""

from bs4 import BeautifulSoup

from tests.pages import Page


class Walker:
    """A person on a page of a survey. `send` presses a button, `fields` are what the browser would send unchanged."""

    def __init__(self, client, slug, *, door="answer", language=None):
        self.client = client
        self.url = f"/surveys/{slug}/{door}" + (f"?language={language}" if language else "")
        self._take(client.get(self.url))

    def _take(self, response):
        self.response, self.status = response, response.status_code
        self.location = response.headers.get("Location", "")
        self.text = response.text
        self.soup = BeautifulSoup(self.text, "lxml")
        return self

    @property
    def heading(self):
        return self.soup.h1.get_text(" ", strip=True)

    @property
    def asked(self):
        """The names of the questions on the page."""
        names = (field["name"] for field in self.soup.select("main form [name]"))
        return list(dict.fromkeys(name for name in names if name[0] != "-" and name != "csrf_token"))

    @property
    def errors(self):
        return [item.get_text(" ", strip=True) for item in self.soup.select(".govuk-error-summary__list li")]

    @property
    def fields(self):
        return Page.fields(self, self.soup.select_one("main form"))

    @property
    def state(self):
        return self.fields["-state"]

    def send(self, go="next", **values):
        """Press a button; a field given as None is left out, a list is sent once for each value."""
        sent = {name: value for name, value in {**self.fields, **values}.items() if value is not None}
        return self.post({**sent, "-go": go})

    def press(self, **buttons):
        """Press a button of a place question, such as spot-search."""
        return self.post({**self.fields, **buttons})

    def post(self, data):
        form = self.soup.select_one("main form")
        action = form["action"] if form and form.get("action") else self.url
        return self._take(self.client.post(action, data=data))

    def follow(self):
        """Go where the answer leads."""
        return self._take(self.client.get(self.location))

    def answers(self):
        """What the check shows, by question."""
        keys = [key.get_text(" ", strip=True) for key in self.soup.select(".govuk-summary-list__key")]
        values = [value.get_text(" ", strip=True) for value in self.soup.select(".govuk-summary-list__value")]
        return dict(zip(keys, values, strict=True))

    def some_answers(self, mood=0):
        """Answers to all questions of the page: the first choices in one mood, the last in the other."""
        form = self.soup.select_one("main form")
        answers = {}
        for name in self.asked:
            fields = form.select(f"[name='{name}']")
            kind = fields[0].get("type", fields[0].name)
            if name.endswith("-words"):
                answers |= self._some_place(name.removesuffix("-words"))
            elif "-" in name and not name.rpartition("-")[2].isdigit():
                continue
            elif kind in {"radio", "checkbox"}:
                answers[name] = fields[-1 if mood else 0]["value"]
            elif fields[0].name == "select":
                options = [option["value"] for option in fields[0].select("option") if option["value"]]
                place = int(name.rpartition("-")[2] or 1) if "-" in name else 1
                answers[name] = options[-place if mood else place - 1] if place <= len(options) else ""
            elif kind not in {"hidden", "submit", "image"}:
                answers[name] = self._some_text(fields[0], mood)
        return answers

    def _some_text(self, field, mood):
        if field.get("type") == "date":
            return "2026-05-03"
        return str(3 + mood) if field.get("inputmode") else "Dane próbne"

    def _some_place(self, name):
        """Search for a position, and choose what was found; the page comes back with the rest untouched."""
        self.press(**{f"{name}-words": "51.59, 19.13", f"{name}-search": "1"})
        return {f"{name}-choice": self.soup.select_one(f"input[name={name}-choice]")["value"]}
