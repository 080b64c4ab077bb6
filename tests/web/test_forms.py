"""What no page can show is taken out of every field of a form, whatever kind of field it is, and refused there."""

import pytest
from werkzeug.datastructures import MultiDict

from consult.web import widgets
from consult.web.forms import KeyedForm
from tests.web.showroom.app import EveryField, make

UNSHOWN = ("\x00", "a\x85b", "\ufffe")


@pytest.fixture(scope="module")
def showroom():
    return make(WTF_CSRF_ENABLED=False)


@pytest.mark.parametrize("unshown", UNSHOWN, ids=ascii)
def test_no_field_gives_back_what_no_page_can_show(showroom, unshown):
    with showroom.test_request_context(method="POST"):
        names = [field.name for field in EveryField(formdata=None)]
        form = EveryField(MultiDict(dict.fromkeys(names, unshown)))
        assert not form.validate()
        for field in form:
            assert unshown not in widgets.draw(field), field.name
            assert field.errors, field.name
            assert unshown not in " ".join(str(error) for error in field.errors), field.name


def test_ends_of_lines_and_every_language_stay(showroom):
    class Words(KeyedForm):
        """A form with one hidden field."""

    with showroom.test_request_context(method="POST"):
        form = Words(MultiDict({"key": "zażółć\r\n\tґанок \N{ZERO WIDTH JOINER}"}))
        assert form.key.data == "zażółć\r\n\tґанок \N{ZERO WIDTH JOINER}"
        assert not form.unshown
