"""What stands before the product keeps slow clients from its workers; `script/trial proxy` tries it with nginx itself."""

import re
from pathlib import Path

SITE = (Path(__file__).parents[2] / "docs" / "operate" / "nginx.conf").read_text(encoding="utf-8")


def test_s110_the_proxy_waits_for_whole_forms_and_cuts_off_who_is_silent():
    said = dict(re.findall(r"^\s*(\w+) (.+);$", SITE, re.MULTILINE))
    assert said["proxy_request_buffering"] == "on"
    assert int(said["client_header_timeout"].removesuffix("s")) <= 15
    assert int(said["client_body_timeout"].removesuffix("s")) <= 30
    assert int(said["limit_conn"].split()[1]) <= 100
    assert "$remote_addr" not in said["log_format"], "nobody's address is kept"
