"""The main tasks of residents in easy-to-read text: one thought a sentence, one sentence a line, no foreign words.

After the rules of Inclusion Europe, "Information for all": the reader is spoken to, words stay the same from line to
line, and what matters most comes first.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Part:
    """A heading with its sentences; `leads_to` is the endpoint of the page it speaks of, and the words of the link."""

    key: str
    title: Any
    sentences: tuple[Any, ...]
    leads_to: tuple[str, Any] | None = None


PARTS = (
    Part(
        "danger",
        _l("When somebody is in danger"),
        (
            _l("Call 112."),
            _l("The call costs nothing."),
            _l("Do not write to us first."),
            _l("We do not read reports at once."),
        ),
    ),
    Part(
        "service",
        _l("What you can do here"),
        (
            _l("Here you tell the police what is dangerous near you."),
            _l("For example: cars drive too fast."),
            _l("You do not give your name."),
            _l("You do not need a password."),
            _l("It costs nothing."),
        ),
    ),
    Part(
        "report",
        _l("How to report"),
        (
            _l("Choose what it is about."),
            _l("Say where it is."),
            _l("You can write the name of the town or the village."),
            _l("You can also show the place on the map."),
            _l("Say when you saw it."),
            _l("You can write what you saw."),
            _l("You do not have to."),
            _l("Do not write names of people."),
            _l("Do not write telephone numbers."),
            _l("Then send the report."),
            _l("Perhaps somebody reported the same before you."),
            _l("Then you can press “I see it too”."),
        ),
        ("online_reports.new", _l("Report a threat")),
    ),
    Part(
        "then",
        _l("What happens then"),
        (
            _l("You get a number and a link."),
            _l("Keep the link."),
            _l("Only you have it."),
            _l("We cannot find it for you."),
            _l("The police read your report."),
            _l("The police check whether it is so."),
            _l("The police write what they did."),
            _l("Open your link."),
            _l("There you can read it."),
            _l("You can leave an e-mail address there."),
            _l("Then we write to you when there is something new."),
        ),
    ),
    Part(
        "map",
        _l("What the map shows"),
        (
            _l("The map shows where people saw something dangerous."),
            _l("Each sign on the map is one threat."),
            _l("A circle with a number means: there are several threats here."),
            _l("The colour of the sign tells what the police know."),
            _l("The words for the colours stand under the map."),
            _l("There is also a list."),
            _l("The list says the same as the map."),
            _l("The map does not show who reported."),
        ),
        ("desk.home", _l("Map of threats")),
    ),
    Part(
        "help",
        _l("When you need help"),
        (
            _l("You can fill in the form together with somebody."),
            _l("You can write to us or call us."),
        ),
        ("legal.contact", _l("Ask a person")),
    ),
)
