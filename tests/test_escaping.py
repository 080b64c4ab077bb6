"""What people wrote is text on every page: nothing in a template or in the code switches escaping off.

Templates are read as Jinja reads them, so that no way of writing (`| safe`, `|safe`, a filter in a block) is overlooked.
"""

import ast
from pathlib import Path

import pytest
from jinja2 import nodes

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for part in ("consult", "surveys", "debates") for path in (ROOT / part).rglob("*.py"))

MARKED = {
    "surveys/pages.py": "blanks of a kept page: characters of private use around names and usual texts that the module gives",
}
"""Modules that put markup together of pieces, with the reason why no words of people get into it."""

PLAIN = {"mail"}
"""Folders whose `.txt` templates are letters of plain text, which Jinja does not escape and no browser reads as a page."""


def templates():
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.is_file():
            yield path.relative_to(ROOT / "templates")


def unescaped(tree):
    """Whatever switches escaping off in a template: a filter, a block or an option."""
    found = [f"line {one.lineno}: {one.name}" for one in tree.find_all(nodes.Filter) if one.name == "safe"]
    found += [f"line {one.lineno}: autoescape" for one in tree.find_all(nodes.EvalContextModifier)]
    return found + [f"line {one.lineno}: Markup" for one in tree.find_all(nodes.Name) if one.name == "Markup"]


def unquoted(tree):
    """Expressions that are the value of an attribute without quotes: a blank in them would begin another attribute."""
    found = []
    for output in tree.find_all(nodes.Output):
        for before, value in zip(output.nodes, output.nodes[1:], strict=False):
            is_inside = isinstance(before, nodes.TemplateData) and before.data.rfind("<") > before.data.rfind(">")
            if is_inside and before.data.endswith("=") and not isinstance(value, nodes.TemplateData):
                found.append(f"line {value.lineno}: {before.data[-30:]}")
    return found


def trusted(tree):
    """Calls that take a text for markup although it is put together of pieces, or that make a template of a text."""
    for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        is_pieced = name == "Markup" and call.args and not isinstance(call.args[0], ast.Constant | ast.Call)
        is_formatted = name == "Markup" and call.args and ".format(" in ast.unparse(call.args[0])
        if is_pieced or is_formatted or name in {"render_template_string", "stream_template_string", "from_string"}:
            yield f"line {call.lineno}: {ast.unparse(call)}"


@pytest.mark.parametrize(
    "text",
    [
        "{{ a | safe }}",
        "{{ a|upper|safe }}",
        "{% filter safe %}{{ a }}{% endfilter %}",
        "{{ Markup(a) }}",
        "{% autoescape false %}{{ a }}{% endautoescape %}",
    ],
)
def test_every_way_to_switch_escaping_off_is_seen(app, text):
    assert unescaped(app.jinja_env.parse(text))


def test_an_attribute_without_quotes_is_seen(app):
    assert unquoted(app.jinja_env.parse("<p id={{ a }}>"))
    assert not unquoted(app.jinja_env.parse('<p id="{{ a }}">1 = {{ a }}, x={{ a }}</p>'))


@pytest.mark.parametrize(
    "text",
    [
        'Markup(f"<b>{a}</b>")',
        'Markup("<b>%s</b>" % a)',
        'Markup("<b>" + a)',
        'Markup("<b>{}</b>".format(a))',
        "Markup(a)",
        "render_template_string(a)",
        "env.from_string(a)",
    ],
)
def test_markup_that_is_put_together_is_seen(text):
    assert list(trusted(ast.parse(text)))


def test_markup_that_escapes_its_pieces_is_none():
    assert not list(trusted(ast.parse('Markup("<b>{}</b>").format(a)')))


def test_no_template_switches_escaping_off(app):
    found = {}
    for path in templates():
        tree = app.jinja_env.parse((ROOT / "templates" / path).read_text())
        found[str(path)] = unescaped(tree) + unquoted(tree)
    assert found
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_every_template_of_a_page_is_escaped(app):
    """Jinja escapes by the ending of a name, so a page under another one would not be."""
    bare = [path for path in templates() if not app.jinja_env.autoescape(str(path))]
    assert {path.parts[0] for path in bare} == PLAIN
    assert {path.suffix for path in bare} == {".txt"}


def test_no_code_takes_pieces_for_markup():
    found = {str(path.relative_to(ROOT)): list(trusted(ast.parse(path.read_text()))) for path in MODULES}
    assert {path: faults for path, faults in found.items() if faults and path not in MARKED} == {}
    assert [path for path in MARKED if not found[path]] == [], "needs no reason any more"
