"""Whatever bytes a file holds: the import takes them or says in a sentence why not, and never breaks."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consult.db import db
from tests import factories
from tests.online_reports.makers import HEADER, Import, collection, feature, line, table

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KNOWN = st.sampled_from(
    ["id", "category", "description", "observed_at", "created_at", "status", "time_of_day", "weekdays", "accuracy_m"]
)
GEOMETRIES = JSON | st.fixed_dictionaries(
    {"type": JSON | st.sampled_from(["Point", "LineString", "Polygon"]), "coordinates": JSON}
)


@pytest.fixture
def reports(app, tmp_path):
    """The command in a small world."""
    factories.catalogue_of_27()
    factories.two_districts()
    db.session.commit()
    return Import(app, tmp_path)


def answered(told):
    """Whether the command ended in one of its two ways: everything taken, or a message and nothing written."""
    assert told.code in {0, 1}
    if told.code == 1:
        assert told.words.strip()
        assert told.summary is None or told.summary["new"] == 0
    return True


@SETTINGS
@given(content=st.binary(max_size=400), name=st.sampled_from(["a.geojson", "a.csv", "a"]))
def test_any_bytes(reports, content, name):
    assert answered(reports(content, "--dry-run", name=name))


@SETTINGS
@given(text=st.text(max_size=300))
def test_any_text_below_a_right_header(reports, text):
    assert answered(reports((HEADER + "\r\n" + text).encode("utf-8", "surrogatepass"), "--dry-run", name="a.csv"))


@SETTINGS
@given(said=st.dictionaries(KNOWN, JSON, max_size=9), place=GEOMETRIES)
def test_any_answers_of_a_feature(reports, said, place):
    whole = {"type": "Feature", "properties": said, "geometry": place}
    assert answered(reports(collection(feature(1), whole), "--dry-run"))


@SETTINGS
@given(member=JSON)
def test_anything_in_place_of_a_feature(reports, member):
    assert answered(reports(collection(feature(1), member), "--dry-run"))


@SETTINGS
@given(st.data())
def test_a_file_cut_or_changed_anywhere(reports, data):
    whole = data.draw(st.sampled_from([collection(feature(1), feature(2)), table(line(), line(category="alkohol"))]))
    at = data.draw(st.integers(0, len(whole)))
    changed = (
        whole[:at] + data.draw(st.sampled_from(["", "\x00", '"', "]", "}", ";", "\n", "\ud800"])) + whole[at + 1 :]
    )
    name = "a.geojson" if whole.startswith("{") else "a.csv"
    assert answered(reports(changed.encode("utf-8", "surrogatepass"), "--dry-run", name=name))
