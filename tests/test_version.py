"""The version is written once, in pyproject.toml, and every opinion about the product carries it."""

import re
from pathlib import Path

from consult.config import ROOT, VERSION


def test_the_version_is_that_of_the_project():
    project = (Path(ROOT) / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'^version = "(.+)"$', project, re.MULTILINE) == [VERSION]
