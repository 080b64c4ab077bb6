"""The disclosure box: eleven things that a reader has to know before believing a survey, in words.

The list is that of the American Association for Public Opinion Research (Code of Professional Ethics and Practices).
What the database knows is written from it; what somebody has to state and has not is "not stated". A release carries
the box in all languages, in words that never change: there nothing is told that fewer than ten people stand behind, and
what is counted is rounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from consult.disclosure import SHARES_FROM, in_fives
from consult.releases.sealing import Record
from consult.web.languages import LANGUAGES, day
from surveys import titles
from surveys.estimates_wording import decimals, how_people_came, margin_name, whole
from surveys.models import Access, Mode, SurveyWeighting
from surveys.queries.methods import Facts
from surveys.queries.releases import Field
from surveys.queries.respondents import Standing
from surveys.questions import Definition, SampleKind
from surveys.results_wording import number
from surveys.weighting import Unfit, WeightingRefused, margins_of


@dataclass(frozen=True)
class Item:
    """One of the eleven things, and what is said of it, sentence by sentence; `name` is the same in all languages."""

    name: str
    label: str
    said: tuple[str, ...]


def box(facts: Facts, people: int | None, definition: Definition, language: str) -> list[Item]:
    """Write the box for staff; `people` is how many answered, as far as that may be told."""
    counted = {
        "modes": [_modes(facts.modes)],
        "period": [_days(facts)],
        "size": _sizes(facts, people),
        "weighting": _weighting(facts.weighting, definition, language),
        "limitations": _limits(facts, has_intervals=True),
    }
    return _items(facts, counted)


def published(facts: Facts, field: Field, people: int, definition: Definition, standing: Standing) -> list[Record]:
    """Write the box of a release in all languages; `people` is how many answered, in fives."""
    told: dict[str, list[Item]] = {}
    for language in LANGUAGES:
        with force_locale(language):
            told[language] = _published(facts, field, people, definition, standing, language)
    return [
        {
            "name": items[0].name,
            "label": {language: item.label for language, item in zip(told, items, strict=True)},
            "said": {language: list(item.said) for language, item in zip(told, items, strict=True)},
        }
        for items in zip(*told.values(), strict=True)
    ]


def _published(
    facts: Facts, field: Field, people: int, definition: Definition, standing: Standing, language: str
) -> list[Item]:
    counted = {
        "modes": _used(field),
        "period": [_("It could be answered from %(first)s to %(last)s.", first=day(field.first), last=day(field.last))],
        "size": [_("About %(number)s people answered.", number=number(people)), *_certainty(facts)],
        "weighting": _published_weighting(facts.weighting, standing, definition, language),
        "limitations": _limits(facts, has_intervals=False),
    }
    return _items(facts, counted)


def _items(facts: Facts, counted: Mapping[str, Sequence[str]]) -> list[Item]:
    """Put the eleven items together; `counted` are those that depend on how many people there were."""
    stated = facts.stated
    recruited = stated.recruitment or _("Where they learnt of it: not stated.")
    asked_by = _("Asked by: %(unit)s.", unit=facts.survey.unit.name)
    found = [
        ("collection", _("How data were collected"), [_("A survey with a questionnaire.")]),
        ("sponsor", _("Who asks and who pays"), [asked_by, _ordered(stated.sponsor)]),
        ("questions", _("Questions"), _wording(facts)),
        ("population", _("Whom it is about"), _population(facts)),
        ("recruitment", _("How people came to it"), [*_recruiting(facts), recruited]),
        ("modes", _("Ways of answering"), counted["modes"]),
        ("period", _("When"), counted["period"]),
        ("size", _("How many, and how sure"), counted["size"]),
        ("weighting", _("Weighting"), counted["weighting"]),
        ("processing", _("Processing"), [_processing(), stated.processing]),
        ("limitations", _("Limitations"), [*counted["limitations"], stated.limitations]),
    ]
    return [Item(name, label, tuple(_sentence(line) for line in said if line)) for name, label, said in found]


def _sentence(line: str) -> str:
    """End what somebody stated with a stop, since another sentence follows."""
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


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


def _used(field: Field) -> list[str]:
    """Name the ways that ten people or more have used; of others only that there were some."""
    known = [_modes(field.modes)] if field.modes else []
    return [*known, _("Ways that fewer than ten people used are not named.")] if field.has_others else known


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


def _certainty(facts: Facts) -> list[str]:
    """Say how sure the figures of a release are; with numbers in fives an interval would be told too exactly."""
    if facts.kind is SampleKind.PROBABILITY:
        return [_("People were drawn at random. The numbers are rounded, so no intervals are published with them.")]
    return [how_people_came(facts.kind, is_open=facts.survey.access is Access.OPEN)]


def _design(facts: Facts) -> str:
    stated = facts.stated
    if not stated.strata and not stated.clusters:
        return _("Everybody had the same chance to be drawn.")
    return _("People were drawn separately by groups, or in whole groups; the intervals take that into account.")


def _weighting(run: SurveyWeighting | None, definition: Definition, language: str) -> list[str]:
    if run is None:
        return [_not_weighted()]
    found = run.diagnostics
    return [
        _raked(run, definition, language),
        _(
            "Worth %(effective)s unweighted answers (Kish); design effect %(effect)s; run %(digest)s.",
            effective=whole(found["effective"]),
            effect=decimals(found["design_effect"]),
            digest=run.digest[:12],
        ),
    ]


def _not_weighted() -> str:
    return _("Not weighted: every answer counts the same.")


def _raked(run: SurveyWeighting, definition: Definition, language: str) -> str:
    margins = [
        _("%(question)s (%(year)s, %(source)s)", question=margin_name(one.question, definition, language),
          year=one.year, source=one.source)
        for one in margins_of(run.spec)
    ]  # fmt: skip
    return _("Raked to: %(margins)s.", margins="; ".join(margins))


def _published_weighting(
    run: SurveyWeighting | None, standing: Standing, definition: Definition, language: str
) -> list[str]:
    """Say what the weights of a release are: what they cost in fives, since the product of both tells how many came."""
    if run is None:
        return [_not_weighted()]
    if standing.basis is None or standing.basis.weighted is None:
        return [_unweighable(standing)]
    found = standing.basis.weighted.diagnosis
    if found.effective < SHARES_FROM:
        worth = _("Worth fewer than thirty unweighted answers (Kish), so weighted shares are not told.")
    else:
        worth = _(
            "Worth about %(effective)s unweighted answers (Kish); design effect about %(effect)s; run %(digest)s.",
            effective=number(in_fives(round(found.effective))),
            effect=number(found.design_effect),
            digest=run.digest[:12],
        )
    return [_raked(run, definition, language), worth]


def _unweighable(standing: Standing) -> str:
    refusal = standing.refusal
    if refusal is None:
        return _("Not weighted in this release: figures of the same people were published with other weights before.")
    if isinstance(refusal, WeightingRefused) and refusal.reason is Unfit.NOT_MIXED:
        return _("Not weighted in this release: some answers were not mixed yet.")
    return _("Not weighted in this release: the weights do not fit those who have answered.")


def _processing() -> str:
    return _(
        "Every answer is checked against the rules of the questionnaire when it is sent, and what somebody is not "
        "asked is removed. Answers are mixed so that nobody can tell whose they are. Figures that fewer than ten "
        "people stand behind are hidden."
    )


def _limits(facts: Facts, *, has_intervals: bool) -> list[str]:
    found = []
    if facts.kind is SampleKind.OPT_IN:
        found.append(_("Who answered may think otherwise than who did not; weighting does not change that."))
    elif has_intervals:
        found.append(_("Who was asked and did not answer may think otherwise; the intervals do not know it."))
    else:
        found.append(_("Who was asked and did not answer may think otherwise."))
    if len(facts.versions) > 1:
        found.append(
            _("The questionnaire was changed while people answered; questions asked in another way are marked.")
        )
    return found
