"""Every string of the code has its English, and the English says the same with the same values in it."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.environment import ROOT

ENGLISH = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
LEFT_OUT = shutil.ignore_patterns(".*", "var", "build", "tests", "bench", "locale", "*.mo")
VALUES = re.compile(r"%\(\w+\)[a-z]|%%|</?\w+>")
Key = tuple[str, ...]


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def texts(one: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return tuple(one) if isinstance(one, list | tuple) else (one or "",)


def messages(path: Path) -> list[Message]:
    return [message for message in read(path) if message.id]


def keys(path: Path) -> set[Key]:
    return {(message.context or "", *texts(message.id)) for message in messages(path)}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the code says, taken from a copy, so that nothing here is changed."""
    has_gettext = all(map(shutil.which, ("xgettext", "msguniq")))
    if not has_gettext and os.environ.get("CI") != "true":
        pytest.skip("NOT RUN: CATALOGUES (sudo apt install gettext)")
    copy = Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("copy") / "kkmp", ignore=LEFT_OUT))
    (copy / "locale").mkdir()
    without_settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    extract = [sys.executable, "-m", "django", "makemessages", "--locale", "en", "--verbosity", "0"]
    subprocess.run(extract, cwd=copy, check=True, env=without_settings)
    return copy / ENGLISH.relative_to(ROOT)


def test_english_knows_every_string_and_no_other(fresh: Path) -> None:
    """`make messages` brings the catalogue up to the code."""
    said, known = keys(fresh), keys(ENGLISH)
    assert {"missing": said - known, "obsolete": known - said} == {"missing": set(), "obsolete": set()}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_catalogue_is_filled_in(path: Path) -> None:
    catalogue = read(path)
    unsure = [message.id for message in catalogue if message.id and message.fuzzy]
    empty = [
        message.id
        for message in catalogue
        if message.id
        and (len(texts(message.string)) != forms_of(message, catalogue) or not all(texts(message.string)))
    ]
    assert (unsure, empty, list(catalogue.obsolete)) == ([], [], [])


def forms_of(message: Message, catalogue: Catalog) -> int:
    return catalogue.num_plurals if message.pluralizable else 1


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_hold_the_same_values(path: Path) -> None:
    """Placeholders and tags; white space at either end, for sentences that are put together."""
    assert {
        message.id: message.string
        for message in messages(path)
        for translated in texts(message.string)
        if shape(texts(message.id)[0]) != shape(translated)
    } == {}


def shape(text: str) -> tuple[list[str], str, str]:
    start, end = re.match(r"\s*", text), re.search(r"\s*$", text)
    return sorted(VALUES.findall(text)), start[0] if start else "", end[0] if end else ""


# Words that are the same in both languages: names, abbreviations, and what English lent.
SAME = {
    "RALB",
    "%(outlet)s, %(cooperative)s, Kecamatan %(kecamatan)s",
    "Kecamatan %(names)s",
    "Suku Dinas PPKUKM Kota Administrasi Jakarta Selatan",
    "%(label)s (Rp)",
    "Kelurahan %(kelurahan)s, Kecamatan %(kecamatan)s",
    "PDF %(title)s",
    *("Kecamatan %(kecamatan)s", "Kecamatan %(name)s", "Kelurahan %(name)s, Kecamatan %(kecamatan)s"),
    *("Kecamatan, kelurahan", "Kota Administrasi Jakarta Selatan", "Data", "Enter", "Esc", "Tab"),
    *("%(area)s m²", "Admin", "Bahasa Indonesia", "BUMD", "BUMN", "NIB", "NIK", "NPWP", "KKMP", "SK AHU"),
    *("Kelurahan %(name)s", "Kecamatan: %(verdicts)s."),
    *("Internet", "internet", "Jl. Contoh 1", "Kecamatan", "Kelurahan", "Platform digital"),
    *("Status", "status", "Target", "target", "kecamatan", "kelurahan", "parameter"),
}


def test_english_is_english() -> None:
    """A string that was copied and forgotten; what is meant to be the same is named above."""
    same = {
        texts(message.id)[0]
        for message in messages(ENGLISH)
        if texts(message.id)[-1] == texts(message.string)[-1] and re.search(r"[a-z]{2}", texts(message.id)[0])
    }
    assert {text for text in same - SAME if VALUES.sub("", text).strip(" ,;:·()–")} == set()


def code_trees() -> Iterator[tuple[str, ast.Module]]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.py"]
    for name in subprocess.check_output(command, cwd=ROOT, text=True).splitlines():
        path = ROOT / name
        if path.is_file() and "migrations" not in path.parts and not name.startswith(("tests/", "bench/")):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def translators(tree: ast.Module) -> dict[str, str]:
    """Names under which a module calls gettext and its kin → what they are."""
    return {
        name.asname or name.name: name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name
    }


def test_xgettext_sees_every_call() -> None:
    """It knows `_` and the functions by their own names; under another alias nothing would be found."""
    aliases = {
        f"{name}: {alias}"
        for name, tree in code_trees()
        for alias, function in translators(tree).items()
        if alias not in {"_", function}
    }
    assert aliases == set()


def test_nothing_is_translated_while_it_is_imported() -> None:
    """Outside functions only the lazy kind: the other would stay in the language of the start."""
    found = [
        f"{name}:{call.lineno}"
        for name, tree in code_trees()
        for call in calls_outside_functions(tree)
        if isinstance(call.func, ast.Name)
        and (function := translators(tree).get(call.func.id))
        and not function.endswith("_lazy")
    ]
    assert found == []


def calls_outside_functions(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from calls_outside_functions(child)
