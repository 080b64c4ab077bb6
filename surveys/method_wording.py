"""The disclosure box: eleven things that a reader has to know before believing a survey, in words.

The list is that of the American Association for Public Opinion Research (Code of Professional Ethics and Practices).
What the database knows is written from it; what somebody has to state and has not is "not stated".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from consult.web.languages import LANGUAGES, day
from surveys import titles
from surveys.estimates_wording import decimals, how_people_came, margin_name, whole
from surveys.models import Access, Mode, SurveyWeighting
from surveys.queries.methods import Facts
from surveys.questions import Definition, SampleKind
from surveys.results_wording import number
from surveys.weighting import margins_of


@dataclass(frozen=True)
class Item:
    """One of the eleven things, and what is said of it, sentence by sentence."""

    label: str
    said: tuple[str, ...]


def box(facts: Facts, people: int | None, definition: Definition, language: str) -> list[Item]:
    """Write the box; `people` is how many answered, as far as that may be told."""
    stated = facts.stated
    found = [
        (_("How data were collected"), [_("A survey with a questionnaire.")]),
        (_("Who asks and who pays"), [_("Asked by: %(unit)s.", unit=facts.survey.unit.name), _ordered(stated.sponsor)]),
        (_("Questions"), _wording(facts)),
        (_("Whom it is about"), _population(facts)),
        (
            _("How people came to it"),
            [*_recruiting(facts), stated.recruitment or _("Where they learnt of it: not stated.")],
        ),
        (_("Ways of answering"), [_modes(facts.modes)]),
        (_("When"), [_days(facts)]),
        (_("How many, and how sure"), _sizes(facts, people)),
        (_("Weighting"), _weighting(facts.weighting, definition, language)),
        (_("Processing"), [_processing(), stated.processing]),
        (_("Limitations"), [*_limits(facts), stated.limitations]),
    ]
    return [Item(label, tuple(line for line in said if line)) for label, said in found]


def _ordered(sponsor: str) -> str:
    return _("Ordered and paid for by: %(sponsor)s", sponsor=sponsor or _("not stated."))


def _wording(facts: Facts) -> list[str]:
    asked = ngettext("%(num)d question at most", "%(num)d questions at most", facts.questions)
    tongues = ", ".join(LANGUAGES[tongue] for tongue in facts.languages)
    versions = [
        _("version %(number)s (%(digest)s)", number=version.number, digest=version.digest[:12])
        for version in facts.versions
    ]
    return [
        _("%(questions)s; languages: %(languages)s.", questions=asked, languages=tongues),
        _("Exact wording: %(versions)s.", versions=", ".join(versions)) if versions else "",
    ]


def _population(facts: Facts) -> list[str]:
    stated = facts.stated
    said = [
        _("Area: %(areas)s.", areas=", ".join(facts.areas)) if facts.areas else _("Area: not stated."),
        stated.population or _("Which people of it: not stated."),
    ]
    if stated.population_size:
        size = number(stated.population_size)
        source = stated.population_source or _("source not stated")
        said.append(_("%(size)s people (%(source)s).", size=size, source=source))
    return said


def _recruiting(facts: Facts) -> list[str]:
    kind = str(titles.in_words(facts.kind)) + "." if facts.kind else _("Not stated.")
    if facts.survey.access is Access.OPEN:
        return [kind, _("The address is open to everybody; nobody is kept from answering twice.")]
    if facts.survey.access is Access.INVITATION:
        letters = ngettext(
            "%(num)d invitation with a code for one answer.",
            "%(num)d invitations, each with a code for one answer.",
            facts.letters,
        )
        return [kind, letters]
    return [kind, _("Police officers wrote the answers down.")]


def _modes(modes: Sequence[Mode]) -> str:
    return ", ".join(str(titles.in_words(mode)) for mode in modes) + "." if modes else _("Nobody has answered yet.")


def _days(facts: Facts) -> str:
    if facts.first_on is None or facts.last_on is None:
        return _("Nobody has answered yet.")
    return _("Answers from %(first)s to %(last)s.", first=day(facts.first_on), last=day(facts.last_on))


def _sizes(facts: Facts, people: int | None) -> list[str]:
    many = _("%(people)s people answered.", people=number(people)) if people else _("Fewer than ten people answered.")
    if facts.kind is SampleKind.PROBABILITY:
        return [
            many,
            _("Intervals are those of Korn and Graubard at %(level)s, from the design of the draw.", level="95\u00a0%"),
            _design(facts),
        ]
    return [many, how_people_came(facts.kind, is_open=facts.survey.access is Access.OPEN)]


def _design(facts: Facts) -> str:
    stated = facts.stated
    if not stated.strata and not stated.clusters:
        return _("Everybody had the same chance to be drawn.")
    return _("People were drawn separately by groups, or in whole groups; the intervals take that into account.")


def _weighting(run: SurveyWeighting | None, definition: Definition, language: str) -> list[str]:
    if run is None:
        return [_("Not weighted: every answer counts the same.")]
    margins = [
        _("%(question)s (%(year)s, %(source)s)", question=margin_name(one.question, definition, language),
          year=one.year, source=one.source)
        for one in margins_of(run.spec)
    ]  # fmt: skip
    found = run.diagnostics
    return [
        _("Raked to: %(margins)s.", margins="; ".join(margins)),
        _(
            "Worth %(effective)s unweighted answers (Kish); design effect %(effect)s; run %(digest)s.",
            effective=whole(found["effective"]),
            effect=decimals(found["design_effect"]),
            digest=run.digest[:12],
        ),
    ]


def _processing() -> str:
    return _(
        "Every answer is checked against the rules of the questionnaire when it is sent, and what somebody is not "
        "asked is removed. Answers are mixed so that nobody can tell whose they are. Figures that fewer than ten "
        "people stand behind are hidden."
    )


def _limits(facts: Facts) -> list[str]:
    found = []
    if facts.kind is SampleKind.OPT_IN:
        found.append(_("Who answered may think otherwise than who did not; weighting does not change that."))
    else:
        found.append(_("Who was asked and did not answer may think otherwise; the intervals do not know it."))
    if len(facts.versions) > 1:
        found.append(
            _("The questionnaire was changed while people answered; questions asked in another way are marked.")
        )
    return found
