"""The rules of the house, as tests: a rule that no test holds is not a rule."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from flask_migrate import check, downgrade, upgrade
from jinja2 import nodes

from consult.app import create_app
from consult.config import Config
from consult.db import db
from consult.threats.workflow import ALLOWED, Status
from consult.web.roles import Role

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("consult", "surveys", "debates")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
DOCUMENTED = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
TOP_LEVEL = {
    "consult", "surveys", "debates", "migrations", "templates", "reports_out", "wsgi.py", "tests", "requirements.txt",
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml", "package.json", "script", "docs", "benchmarks",
    ".ci", ".gitignore", ".npmrc", "package-lock.json", "requirements.in", "requirements-dev.in", "requirements-dev.txt",
}  # fmt: skip


def endpoints(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def views(part):
    return [path for path in MODULES if path.parent.name == part and path.name == "views.py"]


def documentation():
    return "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTED)


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [name for name in listed.stdout.split("\0") if name]


def test_the_layers_and_rooms_hold():
    """import-linter's contracts: arrows go down, doors do not know each other, pages do not touch the database."""
    found = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-3000:]


HEAVY = ("scipy", "pandas", "openpyxl", "weasyprint")
"""What takes a third of a second or more to import: whoever needs one of these imports it where it is used."""


def test_starting_the_application_loads_nothing_heavy(tmp_path):
    """Each worker and each command starts the application; few of them ever need these."""
    asked = (
        "import sys; from consult.app import create_app; create_app(); "
        f"print(sorted(set({HEAVY!r}) & sys.modules.keys()))"
    )
    environment = os.environ | {"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "k" * 40}
    found = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr[-3000:]
    assert found.stdout.splitlines()[-1] == "[]"


def test_every_part_on_disk_stands_in_the_layers():
    """A layers contract says nothing of a part that no layer names."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = set(re.findall(r"[\w.]+", " ".join(contracts[0]["layers"])))
    parts = {f"consult.{path.stem}" for path in (ROOT / "consult").glob("*.py") if path.stem != "__init__"}
    parts |= {f"consult.{path.parent.name}" for path in (ROOT / "consult").glob("*/__init__.py")}
    assert parts | {"surveys", "debates"} == named


def test_every_page_says_who_may_open_it(app):
    silent = [rule.endpoint for rule in endpoints(app) if not hasattr(app.view_functions[rule.endpoint], "audience")]
    assert silent == []


def test_addresses_are_kebab_case_and_their_parts_have_types(app):
    for rule in endpoints(app):
        fixed = re.sub(r"<[^>]*>", "", rule.rule)
        assert fixed == fixed.lower(), rule.rule
        assert "_" not in fixed, rule.rule
        assert all(":" in parameter for parameter in re.findall(r"<([^>]*)>", rule.rule)), rule.rule


def rendered(path):
    """The names of templates that the functions of a module render, with the function's name."""
    for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)):
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if getattr(call.func, "id", "") == "render_template" and isinstance(call.args[0], ast.Constant):
                yield function.name, call.args[0].value


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "views.py"], ids=lambda p: str(p.relative_to(ROOT)))
def test_a_page_and_its_template_have_one_name(path):
    """`threats.show` renders templates/threats/show.html."""
    for function, template in rendered(path):
        assert template == f"{path.parent.name}/{function}.html"


def test_every_template_is_used(app):
    source = "".join(path.read_text() for path in MODULES)
    names = {str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.*")}
    used = {name for name in names if name.rpartition(".")[0] in source}
    used |= {f"macros/{name}.html" for name in re.findall(r'_own\("(\w+)"', source)}  # the macros that draw fields
    for name in names:
        if not name.endswith((".html", ".svg", ".txt", ".xml")):
            continue
        tree = app.jinja_env.parse((ROOT / "templates" / name).read_text())
        for kind in (nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import):
            used |= {node.template.value for node in tree.find_all(kind) if isinstance(node.template, nodes.Const)}
    assert names - used == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_begins_with_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text())), "no docstring"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sql_is_never_put_together_of_pieces(path):
    """No formatted string reaches text() or execute()."""
    for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in {"text", "exec_driver_sql", "execute"} and call.args:
            assert not isinstance(call.args[0], ast.JoinedStr | ast.BinOp) or path.name == "db.py", ast.unparse(call)


@pytest.mark.parametrize("name", [p.name for p in (ROOT / "consult").glob("*/") if p.is_dir()])
def test_no_part_has_a_name_that_says_nothing(name):
    assert name not in {"utils", "helpers", "common", "core", "manager", "service", "base", "misc"}


def test_nothing_else_stands_at_the_top():
    assert {name.partition("/")[0] for name in tracked()} <= TOP_LEVEL


def test_migrations_equal_the_models(migrated):
    """`check` ends the program with 1 when a model and its table differ."""
    with migrated.app_context():
        check()


def test_migrations_go_down_and_up_again(tmp_path):
    """On a database of their own: the tests' database keeps its tables."""
    config = Config(
        SECRET_KEY="k" * 40,
        SQLALCHEMY_DATABASE_URI=f"sqlite+pysqlite:///{tmp_path / 'm.db'}",
        INSTANCE=tmp_path,
        TESTING=True,
        BACKUPS_KEPT=0,
    )
    app = create_app(config)
    with app.app_context():
        upgrade()
        downgrade(revision="base")
        left = set(db.inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert left == set()
        upgrade()
        assert "observation" in db.inspect(db.engine).get_table_names()
        db.session.remove()
        db.engine.dispose()


def test_every_setting_is_documented():
    settings = {
        "DATABASE_URL",
        "SECRET_KEY",
        "REPORTS_OUT",
        "PUBLIC_URL",
        "TRUSTED_HOSTS",
        "MAIL_URL",
        "SECURITY_CONTACT",
        "QUEUE_URL",
        "INSTANCE_PATH",
        "BASEMAP",
        "SECOND_STEP",
        "FLASK_DEBUG",
        "BACKUPS_KEPT",
        "DISK_FLOOR_MB",
        "LOG_FORMAT",
        "OPERATOR_FILE",
        "METRICS_FROM",
        "TRUSTED_PROXIES",
        "CHECKS_NEEDED",
        "FILES_KEPT_DAYS",
        "WORDS_KEPT_DAYS",
        "ACCOUNTS_KEPT_DAYS",
        "PARTNER_ANSWER_DAYS",
        "DEADLINE_SOON_DAYS",
        "DEADLINE_AGAIN_DAYS",
    }
    source = (ROOT / "consult" / "config.py").read_text()
    read = set(re.findall(r'env\.get\("([A-Z_]+)"', source))
    assert read <= settings
    assert [name for name in sorted(read) if name not in documentation()] == []


def test_every_command_is_documented(app):
    words = documentation()
    groups = {name: group for name, group in app.cli.commands.items() if name not in {"db", "routes", "run", "shell"}}
    missing = [
        f"flask {name} {command}"
        for name, group in groups.items()
        for command in getattr(group, "commands", {})
        if f"flask {name} {command}" not in words
    ]
    assert missing == []


def test_every_role_and_status_is_documented():
    words = documentation()
    assert [name for name in [*Role, *Status] if f"`{name}`" not in words] == []


def test_every_status_can_be_left_or_is_an_end():
    """The table of allowed changes names every state, and every state can be reached."""
    assert set(ALLOWED) == set(Status)
    assert {Status.NEW} | {after for changes in ALLOWED.values() for after in changes} == set(Status)


def test_readme_names_every_part():
    readme = (ROOT / "README.md").read_text()
    wanted = (
        "consult/",
        "surveys/",
        "debates/",
        "templates/",
        "migrations/",
        "reports_out/",
        "tests/",
        "script/server",
    )
    assert [name for name in wanted if name not in readme] == []


def test_no_script_or_style_stands_in_a_page():
    """The content security policy allows neither; a template that has one would be broken."""
    for path in (ROOT / "templates").rglob("*.html"):
        if path.parent.name == "summaries" and "summary" in path.name:
            continue  # printed, never served as a page
        text = path.read_text()
        assert not re.search(r"<style[\s>]", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), path
        assert not re.search(r"<\w[^<>{%]*\sstyle=", text), path


def test_no_exception_is_frozen():
    """Python writes the way it came into an exception that passes a context manager; a frozen one hides itself then."""
    frozen = re.compile(r"@dataclass\([^)]*frozen=True[^)]*\)\nclass \w+\([\w.]*(?:Exception|Error)\)")
    assert [str(path) for path in MODULES if frozen.search(path.read_text(encoding="utf-8"))] == []


def test_every_test_that_a_document_names_exists():
    """A claim of a document stands on its test: one that was renamed or taken out leaves the claim without any."""
    missing = []
    for page in sorted((ROOT / "docs").glob("*.md")):
        for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?", page.read_text(encoding="utf-8")):
            path = ROOT / file
            if not path.is_file() or (name and f"def {name}(" not in path.read_text(encoding="utf-8")):
                missing.append(f"{page.name}: {file}::{name}")
    assert missing == []
