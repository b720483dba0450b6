"""Every string of the code has a translation in every catalogue. Works on a copy, so nothing here is changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import ROOT

CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
LEFT_OUT = shutil.ignore_patterns(".*", "var", "build", "tests", "bench", "*.mo")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    has_gettext = all(map(shutil.which, ("xgettext", "msgmerge", "msgfmt")))
    if not has_gettext and os.environ.get("CI") != "true":
        pytest.skip("NOT RUN: CATALOGUES (sudo apt install gettext)")
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("copy") / "kkmp", ignore=LEFT_OUT))


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parts[-3])
def test_catalogue_is_complete(catalogue: Path, copy: Path) -> None:
    language = catalogue.parts[-3]
    fresh = [
        sys.executable,
        "manage.py",
        "makemessages",
        "--locale",
        language,
        "--no-obsolete",
        "--verbosity",
        "0",
    ]
    subprocess.run(fresh, cwd=copy, check=True)
    report = subprocess.run(
        [
            "msgfmt",
            "--check",
            "--statistics",
            "--output-file=/dev/null",
            str(copy / catalogue.relative_to(ROOT)),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    assert report.returncode == 0, report.stderr
    assert not {"fuzzy", "untranslated"} & set(report.stderr.replace(",", " ").split()), report.stderr
