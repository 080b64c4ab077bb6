"""Surveys for tests: a questionnaire in Markdown, published, and people who answer it."""

from consult.db import db
from surveys import reading, sheets
from surveys.models import Access
from surveys.operations import managing
from surveys.queries import surveys as queries
from surveys.questions import SampleKind
from tests.accounts.makers import coordinator, unit

SMALL = """
| survey |
|        | type                | name  | label::Polski (pl) | label::English (en) | required | relevant |
|        | begin_group         | first | Bezpieczeństwo     | Safety              |          |          |
|        | select_one yesno    | safe  | Czy jest bezpiecznie? | Is it safe?      | yes      |          |
|        | text                | why   | Dlaczego nie?      | Why not?            |          | ${safe}='no' |
|        | end_group           |       |                    |                     |          |          |
|        | begin_group         | last  | Na koniec          | Last                |          |          |
|        | range               | marks | Ile punktów?       | How many points?    |          |          |
|        | end_group           |       |                    |                     |          |          |
| choices |
|         | list_name | name | label::Polski (pl) | label::English (en) |
|         | yesno     | yes  | tak                | yes                 |
|         | yesno     | no   | nie                | no                  |
| settings |
|          | form_title  | form_id | default_language |
|          | Krótka ankieta | krotka | Polski (pl) |
"""


def survey(text=SMALL, slug="krotka", access=Access.OPEN, author=None, published=True, **facts):
    """A survey of unit 1003 made of Markdown, published unless the test says no."""
    author = author or coordinator()
    made = managing.create(
        author,
        slug=slug,
        unit=facts.pop("unit", None) or unit(),
        sheets=sheets.read(text.encode(), "form.md"),
        access=access,
        sample=facts.pop("sample", SampleKind.OPT_IN),
        **facts,
    )
    if published:
        managing.publish(author, made.draft, accept_gaps=True)
    db.session.commit()
    return made


def definition(made):
    """What the published version asks."""
    return queries.definition_of(made.published or made.draft)


def defined(text):
    """A definition straight from Markdown."""
    return reading.definition(sheets.read(text.encode(), "form.md"))
