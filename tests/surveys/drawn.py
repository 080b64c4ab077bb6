"""A survey whose people were drawn or came by themselves, with answers that are mixed, for the tests of estimates."""

import secrets

from consult.db import db
from surveys.models import Access
from surveys.operations import answering, managing, mixing
from surveys.questions import SampleKind
from tests.accounts.makers import coordinator
from tests.surveys import makers

FORM = """
| survey |
|  | type              | name   | label::Polski (pl)        | label::English (en)     | kmzb::role | kmzb::missing | appearance | relevant | parameters |
|  | select_one sex    | sex    | Płeć                      | Sex                     | sex        |               |            |          | |
|  | select_one age    | age    | Wiek                      | Age                     | age        |               |            |          | |
|  | select_one trust  | trust  | Czy ufa Pani Policji?     | Do you trust?           |            | 97            | likert     |          | |
|  | range             | nps    | Czy poleci Pani Mapę?     | Recommend?              | nps        |               |            |          | start=0 end=10 step=1 |
|  | select_one yesno  | seen   | Czy widuje Pani patrol?   | Do you see patrols?     |            |               |            | ${sex}='k' | |
| choices |
|  | list_name | name  | label::Polski (pl) | label::English (en) |
|  | sex       | k     | kobieta            | woman               |
|  | sex       | m     | mężczyzna          | man                 |
|  | age       | young | 18–39              | 18–39               |
|  | age       | old   | 40 i więcej        | 40 and more         |
|  | trust     | 1     | zdecydowanie nie   | not at all          |
|  | trust     | 2     | raczej nie         | rather not          |
|  | trust     | 3     | raczej tak         | rather              |
|  | trust     | 4     | zdecydowanie tak   | very much           |
|  | trust     | 97    | trudno powiedzieć  | hard to say         |
|  | yesno     | yes   | tak                | yes                 |
|  | yesno     | no    | nie                | no                  |
| settings |
|  | form_title | form_id | default_language |
|  | Zaufanie   | zaufanie | Polski (pl) |
"""


def survey(kind=SampleKind.PROBABILITY, slug="zaufanie", text=FORM, **facts):
    """A survey of people who got letters."""
    access = Access.OPEN if facts.pop("is_open", False) else Access.STAFF
    return makers.survey(text, slug, access=access, sample=kind, author=facts.pop("author", None) or coordinator())


def answer(made, count, mode="paper", **answers):
    """So many people answer the same."""
    for _ in range(count):
        answering.submit(
            made,
            made.published,
            makers.definition(made),
            {"nps": 9, **answers},
            mode=answering.Mode(mode),
            key=secrets.token_hex(16),
        )
    db.session.commit()


def four_kinds(made):
    """Sixty women and forty men; 70 of the women trust, 10 of the men do, as parts of a hundred."""
    answer(made, 25, sex="k", age="young", trust="4", seen="yes")
    answer(made, 20, sex="k", age="old", trust="3", seen="no")
    answer(made, 15, sex="k", age="old", trust="1", seen="no")
    answer(made, 10, sex="m", age="young", trust="4", nps=2)
    answer(made, 30, sex="m", age="old", trust="2", nps=0)


def close(made, author=None):
    """End a survey, and mix all that waits."""
    managing.close(author or coordinator(), made)
    mixing.mix(made)
    db.session.commit()
