"""House rules that a test can hold."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.template.loader import get_template

from tests.environment import ROOT

MOST_LINES = 400
VAGUE_NAMES = {"utils", "util", "helpers", "common", "core", "mixins", "selectors", "misc"}
SUBJECTS = ("kkmp", "cooperatives", "outlets", "members", "partners")
OUR_MODELS = [
    model
    for model in apps.get_models()
    if model.__module__.split(".")[0] in SUBJECTS and not model.__name__.startswith("Historical")
]
TRACKED = {model.__name__ for model in OUR_MODELS if hasattr(model, "history")}
# Django, allauth and simple-history ask for these by name.
TEMPLATES_OF_PACKAGES = (
    "admin/",
    "allauth/",
    "account/",
    "mfa/",
    "django/",
    "simple_history/",
    "registration/",
)
ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}


def tracked_files(*patterns: str) -> list[Path]:
    """Files of the project, those not yet committed too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.check_output(command, cwd=ROOT, text=True).splitlines()
    return sorted({ROOT / name for name in names if (ROOT / name).is_file()})


def code_files() -> list[Path]:
    return [path for path in tracked_files("*.py") if "migrations" not in path.parts]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_hold_one_thing() -> None:
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in code_files()}
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}


def test_modules_are_named_after_what_they_hold() -> None:
    assert [
        shown(path)
        for path in code_files()
        if {path.stem, *path.relative_to(ROOT).parent.parts} & VAGUE_NAMES
    ] == []


def test_modules_say_what_they_hold() -> None:
    """A docstring in the first line; __init__ files are empty, tests are named after what they test."""
    silent = [
        shown(path)
        for path in code_files()
        if path.name != "__init__.py"
        and not path.is_relative_to(ROOT / "tests")
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_templates_escape_and_keep_to_the_policy() -> None:
    forbidden = re.compile(
        r"\|\s*safe\b|autoescape off|\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|\bhx-on\b|javascript:"
    )
    found = [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in tracked_files("*.html", "*.svg")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if forbidden.search(line)
    ]
    assert found == []


def test_components_get_named_inputs_only() -> None:
    include = re.compile(r"{%\s*include\b.*?%}", re.DOTALL)
    open_ended = [
        f"{shown(path)}: {tag}"
        for path in tracked_files("*.html")
        for tag in include.findall(path.read_text(encoding="utf-8"))
        if "_components/" in tag and not re.search(r"\bonly\s*%}$", tag)
    ]
    assert open_ended == []


def our_templates() -> dict[str, Path]:
    return {
        path.as_posix().rpartition("/templates/")[2]: path
        for path in tracked_files("*.html", "*.txt")
        if "templates" in path.relative_to(ROOT).parts
    }


def test_every_template_is_used() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*code_files(), *our_templates().values()]
        if "tests" not in path.parts
    )
    unused = {
        name
        for name in our_templates()
        if not name.startswith(TEMPLATES_OF_PACKAGES)
        and not re.search(rf"[\"']{re.escape(name)}(#\w+)?[\"']", sources)
    }
    assert unused - ERROR_PAGES == set()


@pytest.mark.parametrize("name", sorted(our_templates()))
def test_template_compiles(name: str) -> None:
    assert get_template(name)


def environment_variables() -> set[str]:
    """Names that settings read through django-environ, and the server and dev.py by themselves."""
    settings = (ROOT / "kkmp" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"\benv(?:\.\w+)?\(\s*[\"'](\w+)[\"']", settings))
    for name in ("dev.py", "gunicorn.conf.py"):
        read |= set(re.findall(r"\bsetting\(\s*\"(\w+)\"", (ROOT / name).read_text(encoding="utf-8")))
    return read


def test_every_variable_has_a_line_of_why() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named: dict[str, bool] = {}
    for number, line in enumerate(lines):
        variable = re.match(r"(?:# )?([A-Z_]+)=", line)
        if variable:
            above = lines[number - 1]
            # Two variables that belong together share a comment.
            shares = re.match(r"(?:# )?[A-Z_]+=", above) is not None
            named[variable[1]] = shares or above.startswith("# ")
    assert set(named) == environment_variables()
    assert [name for name, has_comment in named.items() if not has_comment] == []


def test_readme_and_ci_run_the_same_tests() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    steps = [command for command in ("make check", "make test", "make test-postgres") if command in ci]
    assert steps == ["make check", "make test", "make test-postgres"]
    assert [command for command in steps if command not in readme] == []


def test_make_knows_every_step_of_dev_that_people_call() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z -]+):$", makefile, re.MULTILINE)
    assert targets == ["run test test-postgres check fix lock messages clean", "bench"]


def test_lock_files_agree_and_name_no_host() -> None:
    texts = [
        (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")
    ]
    runtime, development = (set(re.findall(r"^[\w.-]+==\S+", text, re.MULTILINE)) for text in texts)
    assert runtime - development == set()
    assert [text for text in texts if "://" in text] == []


def test_every_model_has_a_back_office() -> None:
    wanted = ("list_display", "list_filter", "search_fields")
    missing: dict[str, list[str]] = {}
    for model in OUR_MODELS:
        site = admin.site._registry.get(model)
        empty = [
            name for name in wanted if getattr(site, name, None) in (None, (), [], ("__str__",), ["__str__"])
        ]
        if empty:
            missing[model._meta.label] = empty if site else ["not registered"]
    assert missing == {}


def has_total_order(model: type[models.Model]) -> bool:
    ordering = [str(name).lstrip("-") for name in model._meta.ordering or ()]
    unique = [{"pk"}, *({field.name} for field in model._meta.fields if field.unique)]
    unique += [
        set(constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and not constraint.condition
    ]
    return any(fields and fields <= set(ordering) for fields in unique)


def test_order_ends_in_a_key() -> None:
    """Else rows that are equal change places between two pages of a list."""
    assert [
        model._meta.label for model in OUR_MODELS if model._meta.ordering and not has_total_order(model)
    ] == []


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def names_below(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def test_tracked_rows_are_not_updated_past_their_history() -> None:
    """`queryset.update()` and plain `bulk_update()` write no history; the bulk functions of simple-history do."""
    found = [
        f"{shown(path)}:{call.lineno}"
        for path in code_files()
        if not path.is_relative_to(ROOT / "tests")
        for call in calls(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"update", "bulk_create", "bulk_update", "aupdate"}
        and names_below(call.func) & TRACKED
    ]
    assert found == []


def test_only_two_modules_read_the_role() -> None:
    allowed = {"kkmp/accounts/permissions.py", "cooperatives/scope.py"}
    readers = {
        shown(path)
        for path in code_files()
        if not path.is_relative_to(ROOT / "tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "role"
        and names_below(node) & {"user", "request", "by"}
    }
    assert readers - allowed == set()


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    assert [
        shown(path) for path in [*code_files(), *our_templates().values()] if marks.search(path.read_text())
    ] == []
