"""How fields look: WTForms fields drawn with GOV.UK Frontend's markup, with their label, hint and errors.

A template writes `{{ field(form.email) }}`; the drawing follows from the field's WTForms widget. Texts are escaped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, time
from typing import Any

from flask import Flask, get_template_attribute
from flask_babel import gettext as _
from flask_babel import ngettext
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup
from wtforms import Field, FieldList, Form, widgets
from wtforms.validators import Length

from consult.web.maps import map_words

Params = dict[str, Any]


def init_app(app: Flask) -> None:
    """Give templates the macros of the design system, the drawing of a field and the words of the map."""
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([loader for loader in (app.jinja_loader, govuk) if loader])
    app.jinja_env.globals.update(govuk_field=draw, errors_of=errors_of, pages_to_show=pages_to_show)
    app.jinja_env.globals.update(map_words=map_words)


def draw(field: Field, **overrides: Any) -> Markup:
    """Draw a field whole; overrides are parameters of the macro, such as `classes`."""
    if hasattr(field, "draw"):
        return Markup(field.draw(**overrides))  # noqa: S704  # the field's own template, autoescaped
    return _drawer(field)(field, overrides)


def _drawer(field: Field) -> Callable[[Field, Params], Markup]:
    for widget, drawer in DRAWERS.items():
        if isinstance(field.widget, widget):
            return drawer
    raise TypeError(f"no drawing for {type(field.widget).__name__} of {field.name}")


def _macro(component: str, name: str, params: Params) -> Markup:
    macro = get_template_attribute(f"govuk_frontend_jinja/components/{component}/macro.html", name)
    return Markup(macro(params))  # noqa: S704  # the macro's own output, autoescaped


def label_of(field: Field) -> Markup:
    """Write a field's label, with a star when the field is required."""
    star = Markup(' <span class="required-mark">*</span>')
    return Markup("{}{}").format(field.label.text, star if field.flags.required else "")


def _label(field: Field, overrides: Params) -> Params:
    """Write the label of one control, in another size when the template says so (`label_classes`)."""
    return {"html": label_of(field), "classes": overrides.pop("label_classes", "")}


def _said(field: Field) -> Params:
    """Write what is said around any field: its hint and its first error."""
    said: Params = {}
    if field.description:
        said["hint"] = {"text": field.description}
    if field.errors:
        said["errorMessage"] = {"text": _first_message(field.errors), "visuallyHiddenText": _("Error")}
    return said


def _first_message(errors: Any) -> str:
    """Take the first message, however deep an enclosing field keeps it."""
    if isinstance(errors, Mapping):
        errors = [nested for nested in errors.values() if nested]
    while isinstance(errors, (list, tuple)) and errors:
        errors = errors[0]
    return str(errors)


def _attributes(field: Any, overrides: Params) -> Params:
    """Write the element's own attributes; rules are told to reading aids and left to the server."""
    attributes: Params = {"aria-required": "true"} if field.flags.required else {}
    for flag in ("min", "max", "step", "accept"):
        value = getattr(field.flags, flag, None)
        if value is not None:
            attributes[flag] = value
    render_kw = {key: value for key, value in (field.render_kw or {}).items() if key not in MACRO_PARAMETERS}
    given: Params = overrides.pop("attributes", {})
    return attributes | render_kw | given


MACRO_PARAMETERS = {"classes", "autocomplete", "inputmode", "spellcheck", "rows", "prefix", "suffix", "autocapitalize"}


def _params(field: Field, overrides: Params) -> Params:
    own = {key: value for key, value in (field.render_kw or {}).items() if key in MACRO_PARAMETERS}
    params = {"id": field.id, "name": field.name, **_said(field), "attributes": _attributes(field, overrides)}
    return params | own | overrides


def _one_line(field: Any, overrides: Params) -> Markup:
    value = field._value() if hasattr(field, "_value") else field.data  # noqa: SLF001  # WTForms' own protocol
    params = {"label": _label(field, overrides), "type": field.widget.input_type, "value": value or ""}
    return _macro("input", "govukInput", params | _params(field, overrides))


def _number(field: Field, overrides: Params) -> Markup:
    """Digits typed into a text field: a spinner changes figures by accident."""
    return _one_line(field, {"type": "text", "inputmode": "numeric", "classes": "govuk-input--width-5", **overrides})


def _moment(field: Field, overrides: Params) -> Markup:
    """A date or a time: the browser's own chooser, which also takes typing."""
    value = field.raw_data[0] if field.raw_data else None
    if not value and isinstance(field.data, (date, time)):
        value = field.data.isoformat()[: 5 if isinstance(field.data, time) else 10]
    return _one_line(field, {"value": value or "", **overrides})


def _password(field: Field, overrides: Params) -> Markup:
    texts = {
        "showPasswordText": _("Show"),
        "hidePasswordText": _("Hide"),
        "showPasswordAriaLabelText": _("Show the password"),
        "hidePasswordAriaLabelText": _("Hide the password"),
        "passwordShownAnnouncementText": _("The password is visible"),
        "passwordHiddenAnnouncementText": _("The password is hidden"),
    }
    params = {"label": _label(field, overrides), "autocomplete": "current-password", **texts}
    return _macro("password-input", "govukPasswordInput", params | _params(field, overrides))


def _file(field: Field, overrides: Params) -> Markup:
    return _macro("file-upload", "govukFileUpload", {"label": _label(field, overrides)} | _params(field, overrides))


def _text_area(field: Field, overrides: Params) -> Markup:
    params = {"label": _label(field, overrides), "value": field.data or "", "rows": 5} | _params(field, overrides)
    longest = _longest(field)
    if not longest:
        return _macro("textarea", "govukTextarea", params)
    return _macro("character-count", "govukCharacterCount", params | _counter(longest))


def _longest(field: Field) -> int | None:
    checks: list[Any] = list(field.validators)
    return next((check.max for check in checks if isinstance(check, Length) and check.max > 0), None)


def _counter(longest: int) -> Params:
    return {
        "maxlength": longest,
        "textareaDescriptionText": _("At most %(count)s characters", count=longest),
        "charactersUnderLimitText": _plural_forms(
            lambda n: ngettext("You have %(num)d character left", "You have %(num)d characters left", n)
        ),
        "charactersAtLimitText": _("You have no characters left"),
        "charactersOverLimitText": _plural_forms(
            lambda n: ngettext("%(num)d character too many", "%(num)d characters too many", n)
        ),
    }


def counting(longest: int) -> Params:
    """Give the attributes by which the browser counts characters, for markup of our own."""
    said = _counter(longest)
    attributes = {"data-i18n.characters-at-limit": said["charactersAtLimitText"]}
    for limit in ("under", "over"):
        forms = said[f"characters{limit.title()}LimitText"]
        attributes |= {f"data-i18n.characters-{limit}-limit.{form}": text for form, text in forms.items()}
    return attributes


def _plural_forms(text: Callable[[int], str]) -> dict[str, str]:
    """Give the browser each plural form of a counted text: Polish and Ukrainian have one, few, many."""
    examples = {"one": 1, "few": 2, "many": 5, "other": 5}
    return {form: text(n).replace(str(n), "%{count}", 1) for form, n in examples.items()}


def _select(field: Any, overrides: Params) -> Markup:
    if getattr(field.widget, "multiple", False):
        return _checkboxes(field, overrides)
    params = {"label": _label(field, overrides)} | _params(field, overrides)
    if field.has_groups():
        groups = [(name, list(choices)) for name, choices in field.iter_groups()]
        return _own("controls", "grouped_select", params | {"groups": groups})
    items = [
        {"value": choice.value, "text": choice.label, "selected": choice.selected} for choice in field.iter_choices()
    ]
    return _macro("select", "govukSelect", params | {"items": items})


def _own(file: str, name: str, params: Params) -> Markup:
    return Markup(get_template_attribute(f"macros/{file}.html", name)(params))  # noqa: S704  # our template, autoescaped


def _choices(component: str, macro: str) -> Callable[[Field, Params], Markup]:
    """Draw radios or checkboxes: each choice a line, the label as the legend of them all."""

    def drawer(field: Any, overrides: Params) -> Markup:
        hints = overrides.pop("hints", {})
        items = [
            {
                "value": value,
                "text": label,
                "checked": chosen,
                "hint": {"text": hints[value]} if value in hints else None,
            }
            for value, label, chosen, _more in field.iter_choices()
        ]
        params = _params(field, overrides)
        params.pop("attributes")
        legend = {"legend": {"html": label_of(field), "classes": params.pop("legend_classes", "")}}
        return _macro(component, macro, {"idPrefix": field.id, "items": items, "fieldset": legend} | params)

    return drawer


_radios = _choices("radios", "govukRadios")
_checkboxes = _choices("checkboxes", "govukCheckboxes")


def _list(field: Any, overrides: Params) -> Markup:
    several = isinstance(field.option_widget, widgets.CheckboxInput)
    return (_checkboxes if several else _radios)(field, overrides)


def _checkbox(field: Field, overrides: Params) -> Markup:
    params = _params(field, overrides)
    params.pop("attributes")
    hint = params.pop("hint", None)
    item = {"value": "y", "html": label_of(field), "checked": bool(field.data), "hint": hint}
    return _macro("checkboxes", "govukCheckboxes", {"idPrefix": field.id, "items": [item]} | params)


def _hidden(field: Field, _overrides: Params) -> Markup:
    return Markup(field())  # noqa: S704  # WTForms escapes what it writes


def _submit(field: Field, overrides: Params) -> Markup:
    params = {"text": field.label.text, "name": field.name, "value": "1", "preventDoubleClick": True}
    return _macro("button", "govukButton", params | (field.render_kw or {}) | overrides)


# The first kind that fits draws the field; a kind stands before the kinds that it specialises.
DRAWERS: dict[type, Callable[[Field, Params], Markup]] = {
    widgets.HiddenInput: _hidden,
    widgets.PasswordInput: _password,
    widgets.CheckboxInput: _checkbox,
    widgets.SubmitInput: _submit,
    widgets.FileInput: _file,
    widgets.DateInput: _moment,
    widgets.TimeInput: _moment,
    widgets.DateTimeLocalInput: _moment,
    widgets.NumberInput: _number,
    widgets.TextArea: _text_area,
    widgets.Select: _select,
    widgets.ListWidget: _list,
    widgets.Input: _one_line,
}


def errors_of(form: Form) -> Iterator[Params]:
    """List the first error of every field with the id of the element that it speaks of."""
    for field, within in _leaves(form):
        if field.errors:
            message = f"{within}{str(field.label.text).rstrip('?')}: {_first_message(field.errors)}"
            yield {"id": getattr(field, "error_target", field.id), "message": message}


def _leaves(fields: Iterable[Field], within: str = "") -> Iterator[tuple[Field, str]]:
    """Give every field, of a list of forms those in each, with the number of the form that they stand in."""
    for field in fields:
        if isinstance(field, FieldList):
            for number, entry in enumerate(field, 1):
                yield from _leaves(entry, _("%(number)s. ", number=number))
        else:
            yield field, within


def pages_to_show(page: int, pages: int) -> Iterator[int | None]:
    """List the page numbers worth showing: the ends and the neighbours of this one; None stands for a gap."""
    shown = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    for before, number in zip([0, *shown], shown, strict=False):
        if number > before + 1:
            yield None
        yield number
