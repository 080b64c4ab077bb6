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
        self.soup = BeautifulSoup(self.text, "html.parser")
        return self

    @property
    def heading(self):
        return self.soup.h1.get_text(" ", strip=True)

    @property
    def asked(self):
        """The names of the questions on the page."""
        fields = self.soup.select("main form [name]")
        return list(
            dict.fromkeys(field["name"] for field in fields if field["name"][0] not in "-c" or field["name"] == "c")
        )

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
