"""The files for containers agree with what the product reads and with the units of systemd; nothing here runs them."""

import re
from fnmatch import fnmatch

import pytest
import yaml

from consult.config import ROOT

OPERATE = ROOT / "docs" / "operate"
OF_THE_IMAGE = {"INSTANCE_PATH", "REPORTS_OUT", "LOG_FORMAT"}
NEVER = {"FLASK_DEBUG"}
"""It is refused where real people are served."""


def services():
    return yaml.safe_load((OPERATE / "compose.yaml").read_text(encoding="utf-8"))["services"]


def seconds(words):
    """What systemd (`30`, `15min`) and containers (`30s`, `15m`) write of a time."""
    number, unit = re.fullmatch(r"(\d+)(s|min|m|)", words).groups()
    return int(number) * (60 if unit.startswith("m") else 1)


def written(file, pattern):
    return re.search(pattern, (OPERATE / file).read_text(encoding="utf-8"), re.MULTILINE)[1]


@pytest.mark.parametrize("name", ["server", "worker"])
def test_whatever_an_operator_sets_reaches_the_product(name):
    """A setting that stands in no list of the file is left out without a word, such as SECOND_STEP=required."""
    read = set(re.findall(r'env\.get\("([A-Z_]+)"', (ROOT / "consult" / "config.py").read_text(encoding="utf-8")))
    image = (OPERATE / "Dockerfile").read_text(encoding="utf-8")
    assert all(f"{setting}=" in image for setting in OF_THE_IMAGE)
    assert read - OF_THE_IMAGE - NEVER <= set(services()[name]["environment"])


@pytest.mark.parametrize("name", ["server", "worker"])
def test_a_container_has_as_long_to_end_as_a_unit(name):
    given = services()[name]["stop_grace_period"]
    assert seconds(given) >= seconds(written(f"consult-{name}.service", r"^TimeoutStopSec=(\w+)$"))


def test_the_worker_waits_as_long_for_the_tables_as_systemd_does():
    given = written("Dockerfile", r"--start-period=(\w+)")
    assert seconds(given) >= seconds(written("consult-server.service", r"^TimeoutStartSec=(\w+)$"))


@pytest.mark.parametrize("name", ["server", "worker"])
def test_the_product_may_no_more_than_it_needs(name):
    service = services()[name]
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert "USER consult" in (OPERATE / "Dockerfile").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("secret", ["settings", ".env", "live.env", "instance", "consult.db", "consult.db-wal"])
def test_no_image_holds_what_somebody_keeps_beside_the_product(secret):
    lines = (OPERATE / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    left_out = [line.removeprefix("**/") for line in lines if line and not line.startswith("#")]
    assert any(fnmatch(secret, pattern) for pattern in left_out)
