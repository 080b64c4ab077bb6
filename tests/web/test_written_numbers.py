"""Numbers, quotations and days in running text are written as the reader's language writes them."""

import pytest
from flask_babel import force_locale

from consult.web.languages import file_size
from consult.web.personal import personal
from consult.web.time_fields import weekdays_in_words


@pytest.mark.parametrize(
    ("octets", "written"), [(0, "0,0 kB"), (315_749, "315,7 kB"), (1_000_000, "1,0 MB"), (2_500_000_000, "2,5 GB")]
)
def test_a_file_size_has_the_decimal_comma_of_polish(app, octets, written):
    with app.test_request_context(), force_locale("pl"):
        assert file_size(octets) == written


def test_a_file_size_is_written_in_templates_the_same_way(app):
    with app.test_request_context(), force_locale("pl"):
        assert app.jinja_env.from_string("{{ 315749 | filesizeformat }}").render() == "315,7 kB"


def test_what_looks_like_personal_data_is_quoted_with_its_kind(app):
    with app.test_request_context(), force_locale("en"):
        assert personal("Dzwonić: 600 700 800") == ["phone number “600 700 800”"]


@pytest.mark.parametrize(("mask", "written"), [(0, ""), (5, "Monday, Wednesday"), (127, "every day")])
def test_all_days_of_the_week_are_every_day(app, mask, written):
    with app.test_request_context(), force_locale("en"):
        assert weekdays_in_words(mask) == written
