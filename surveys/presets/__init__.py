"""Ready questionnaires to begin a survey with: XLSForms in Polish, English and Ukrainian, beside this module.

Scales are numbered in the order in which they are read. Where the first answer is the best one, `kmzb::reverse` says
so: once such scales are turned round, a higher number is always the better answer. 97 means "does not apply", 98 "hard
to say", 99 "prefer not to say". The list `communes` has no rows here; publication fills it in.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Preset:
    """A ready questionnaire: the name of its file, and what a coordinator reads before choosing it."""

    name: str
    title: Any
    description: Any

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.md"


PRESETS: tuple[Preset, ...] = (
    Preset(
        "safety_perception",
        _l("How safe people feel in the area"),
        _l("By day and after dark, alone and at home; places where people feel unsafe; the police. About 10 minutes."),
    ),
    Preset(
        "application_satisfaction",
        _l("How people like the map of threats"),
        _l("Use, satisfaction, usability (SUS), recommendation (NPS), wishes and missing categories. About 6 minutes."),
    ),
    Preset(
        "debate_evaluation",
        _l("How a debate went"),
        _l("What those who came say of it, and which threat should go on the map. About 3 minutes."),
    ),
    Preset(
        "debate_short",
        _l("How a debate went, in seven questions"),
        _l("Useful or not, heard or not, trust in what was agreed, and what to take up next. About a minute."),
    ),
)


def content(name: str) -> bytes:
    """Give the file of a preset, or raise KeyError."""
    known = {preset.name: preset for preset in PRESETS}
    return (FOLDER / known[name].file).read_bytes()
