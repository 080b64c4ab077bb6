"""What stands between a draft and its publication: faults, gaps, and what it changes in answers already given."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from consult.districts import queries as districts
from surveys import reading, versions
from surveys import sheets as xlsform
from surveys.faults import FaultKind
from surveys.models import Survey, SurveyVersion, VersionState
from surveys.queries import surveys as queries
from surveys.questions import Definition
from surveys.reading import Gap
from surveys.sheets import COMMUNES, DefinitionRefused, Fault, Sheets
from surveys.versions import Change


class Obstacle(StrEnum):
    """Why a draft may not be published."""

    FAULTS = "faults"
    NO_COMMUNES = "no_communes"
    NO_QUESTIONS = "no_questions"
    NO_SAMPLE = "no_sample"
    BREAKING = "breaking"
    GAPS = "gaps"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Review:
    """A draft as it would be published, the communes of its areas filled in, and all there is to say against it."""

    sheets: Sheets
    definition: Definition | None
    faults: Sequence[Fault] = ()
    changes: Sequence[Change] = ()
    gaps: Sequence[Gap] = ()
    lacks_communes: bool = False
    lacks_sample: bool = False
    is_unchanged: bool = False

    def obstacles(self, *, accept_gaps: bool = False) -> list[Obstacle]:
        """List the reasons against publishing, gravest first."""
        asks_nothing = any(fault.kind is FaultKind.NOTHING_ASKED and not fault.row for fault in self.faults)
        found = {
            Obstacle.NO_QUESTIONS: asks_nothing,
            Obstacle.FAULTS: bool(self.faults) and not asks_nothing,
            Obstacle.NO_COMMUNES: self.lacks_communes,
            Obstacle.NO_SAMPLE: self.lacks_sample,
            Obstacle.BREAKING: bool(versions.breaking(self.changes)),
            Obstacle.UNCHANGED: self.is_unchanged,
            Obstacle.GAPS: bool(self.gaps) and not accept_gaps,
        }
        return [obstacle for obstacle, stands in found.items() if stands]


def review(version: SurveyVersion) -> Review:
    """Look a version over as if it were published now."""
    survey = version.survey
    sheets, lacks_communes = _filled(survey, version.sheets)
    try:
        definition = reading.definition(sheets)
    except DefinitionRefused as refused:
        return Review(sheets, None, refused.faults)
    return Review(
        sheets,
        definition,
        changes=_changes(survey, definition),
        gaps=reading.gaps(definition),
        lacks_communes=lacks_communes,
        lacks_sample=survey.sample is None,
        is_unchanged=survey.published is not None and survey.published.digest == xlsform.digest(sheets),
    )


def complete(version: SurveyVersion) -> Sheets:
    """Give the sheets of a version with its communes: a draft gets those of today."""
    is_draft = version.state is VersionState.DRAFT
    return _filled(version.survey, version.sheets)[0] if is_draft else version.sheets


def communes_of(survey: Survey) -> list[tuple[str, str]]:
    """List the communes of a survey's areas by code and name, in the order of their names."""
    areas = queries.areas_of(survey)
    found = [region for region in districts.communes() if any(region.code.startswith(area[:6]) for area in areas)]
    return [(region.code, region.label) for region in sorted(found, key=lambda region: (region.name, region.code))]


def _filled(survey: Survey, sheets: Sheets) -> tuple[Sheets, bool]:
    """Fill in the list `communes` where a question asks for it; tell whether there are none to fill in."""
    asked = any(row.get("type", "").partition(" ")[2] == COMMUNES for row in sheets.get("survey", []))
    if not asked:
        return xlsform.without_communes(sheets), False
    communes = communes_of(survey)
    return xlsform.with_communes(sheets, communes), not communes


def _changes(survey: Survey, definition: Definition) -> list[Change]:
    """List what changes against the published version, and what would break with older ones.

    A question that comes back under a name that it once had must mean what it meant then.
    """
    earlier = [version for version in reversed(survey.versions) if version.state is not VersionState.DRAFT]
    found: list[Change] = []
    known: set[str] = set()
    for place, version in enumerate(earlier):
        before = queries.definition_of(version)
        changes = versions.changes(before, definition)
        if place:
            changes = [change for change in versions.breaking(changes) if change.question not in known]
        found += changes
        known |= {question.name for question in before.questions}
    return found
