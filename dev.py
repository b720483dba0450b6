"""Every step of set-up, tests and checks, with the standard library only; `python3 dev.py` lists them."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from dev_env import KEYS, dot_env, new_data_key, new_key, write_dot_env

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
DOT_ENV = ROOT / ".env"
VAR = ROOT / "var"
DEMO_DATABASE = VAR / "kkmp.sqlite3"
BUILD = ROOT / "static" / "build"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# `seed_demo --if-empty` ends with this status where the sample data tell of an earlier day.
SAMPLE_DATA_ARE_OLD = 3
CHECKS_AT_ONCE = 2
DEFAULT_TEST_POSTGRES = "postgres://root@127.0.0.1:5432/kkmp"
LOG_INS = """Log-ins of the sample data, password contoh-kkmp-2025:
  petugas.melawai  officer of one kelurahan
  petugas.tebet    officer of one kecamatan
  sudin.satu       Sudin staff
  sudin.dua        Sudin staff, the second pair of eyes
  pimpinan         leader, reads and prints
  admin            administrator"""
# Django needs most of a second to start, so the steps of a set-up share one process.
DJANGO = """
import sys
from django.core.management import execute_from_command_line
for step in sys.argv[1:]:
    execute_from_command_line(["manage.py", *step.split()])
"""


def python_complaint(version: tuple[int, int], *, can_make_venv: bool) -> str | None:
    """Say in one line what Python lacks here and the command that mends it."""
    name = f"{version[0]}.{version[1]}"
    if version < OLDEST_PYTHON:
        return f"Python 3.11 or newer is needed, this is {name}: sudo apt install python3.11 python3.11-venv"
    if not can_make_venv:
        return f"Python cannot make a virtual environment here: sudo apt install python{name}-venv"
    return None


def check_python() -> None:
    """Go on with a newer Python of this machine where the present one is too old; else say what is missing."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        names = ("python3.14", "python3.13", "python3.12", "python3.11")
        newer = next(filter(None, map(shutil.which, names)), None)
        if newer:
            os.execv(newer, [newer, *sys.argv])
    try:
        import ensurepip  # noqa: F401  a Debian without python3-venv lacks it
        import venv  # noqa: F401

        can_make_venv = True
    except ImportError:
        can_make_venv = bool(shutil.which("uv")) or VENV_PYTHON.exists()
    complaint = python_complaint(sys.version_info[:2], can_make_venv=can_make_venv)
    if complaint:
        sys.exit(complaint)


def remote_complaint(*, mode: str, host: str, allow_remote: bool) -> str | None:
    """Say why a demo is not served there: its passwords are published, so it stays on this machine."""
    if mode != "demo" or host in LOOPBACK or allow_remote:
        return None
    return (
        f"MODE=demo has published passwords and plain http, so HOST={host} is refused; "
        "in a network you trust: python3 dev.py run --allow-remote"
    )


def port_complaint(host: str, port: str) -> str | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            return f"Cannot serve on {host}:{port} ({reason}); choose another port: PORT=8001 make run"
    return None


def setting(name: str, default: str = "") -> str:
    """Look in the environment first, then in `.env`, as kkmp/settings.py does."""
    return os.environ.get(name) or dot_env(DOT_ENV).get(name) or default


def fingerprint(*paths: Path) -> str:
    """Return a text that changes when one of the files, or a file below one of the folders, changes."""
    files = sorted(file for path in paths for file in [path, *path.rglob("*")] if file.is_file())
    digest = hashlib.sha256()
    for file in files:
        if BUILD not in file.parents and file.suffix != ".mo":
            digest.update(f"{file.relative_to(ROOT)} {len(file.read_bytes())} ".encode() + file.read_bytes())
    return digest.hexdigest()


def is_stamped(stamp: Path, text: str) -> bool:
    return stamp.exists() and stamp.read_text(encoding="utf-8") == text


def call(command: list[str], **environment: str) -> int:
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def must(command: list[str], **environment: str) -> None:
    status = call(command, **environment)
    if status:
        sys.exit(status)


def python(*arguments: str) -> list[str]:
    return [str(VENV_PYTHON), *arguments]


def django(*steps: str) -> list[str]:
    return python("-c", DJANGO, *steps)


def install(arguments: list[str]) -> None:
    """Make .venv hold what the lock says; `--dev`: with the tools for tests and checks."""
    check_python()
    is_dev = "--dev" in arguments
    lock = ROOT / ("requirements-dev.lock" if is_dev else "requirements.lock")
    if VENV_PYTHON.exists() and is_stamped(VENV / lock.name, fingerprint(lock)):
        return
    uv = shutil.which("uv")
    print(f"Installing {lock.name} …", flush=True)
    if not VENV_PYTHON.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        make = [uv, "venv", "--quiet", "--python"] if uv else []
        must([*make, sys.executable, *([] if uv else ["-m", "venv"]), str(VENV)])
    pip = [uv, "pip", "install", "--python", str(VENV_PYTHON)] if uv else python("-m", "pip", "install")
    must([*pip, "--quiet", "--require-hashes", "--requirement", str(lock)])
    # The development lock holds the other one and more: one installation serves both.
    for installed in {lock, ROOT / "requirements.lock"}:
        (VENV / installed.name).write_text(fingerprint(installed), encoding="utf-8")


def key(arguments: list[str]) -> None:
    """Print a new random SECRET_KEY; `--data`: a DATA_KEY or BACKUP_KEY."""
    print(new_data_key() if "--data" in arguments else new_key())


def compile_catalogues() -> None:
    if any((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        compiler = python("-m", "babel.messages.frontend", "--quiet", "compile")
        must([*compiler, "--domain", "django", "--directory", "locale"])


def messages(_arguments: list[str]) -> None:
    """Bring the English catalogue up to what the code says; what is new is empty in it. Needs gettext."""
    options = "--locale en --no-obsolete --no-wrap --add-location file --ignore var/* --ignore tests/*"
    must(python("-m", "django", "makemessages", *options.split()))


def assets(_arguments: list[str]) -> None:
    """Subset the font, compile catalogues, collect static files; only where their sources changed."""
    builders = [*(ROOT / "kkmp").rglob("build_assets.py"), *(ROOT / "kkmp").rglob("fonts.py")]
    sources = fingerprint(ROOT / "static", ROOT / "locale", ROOT / "requirements.lock", *builders)
    stamp = VAR / ".assets"
    if is_stamped(stamp, sources) and BUILD.exists():
        return
    compile_catalogues()
    steps = ("build_assets --skip-checks", "collectstatic --no-input --clear --skip-checks --verbosity 0")
    must(django(*steps), DJANGO_SETTINGS_MODULE="kkmp.settings")
    VAR.mkdir(exist_ok=True)
    stamp.write_text(sources, encoding="utf-8")


def prepare(_arguments: list[str]) -> None:
    """Do everything that `run` does before it serves."""
    install([])
    write_dot_env(DOT_ENV)
    VAR.mkdir(exist_ok=True)
    assets([])
    steps = ["migrate --no-input --verbosity 0", "createcachetable --verbosity 0", "seed_reference"]
    if setting("MODE") == "demo":
        steps.append("seed_demo --if-empty")
    status = call(django(*steps), DJANGO_SETTINGS_MODULE="kkmp.settings")
    if status == SAMPLE_DATA_ARE_OLD:
        offer_fresh_sample_data()
    elif status:
        sys.exit(status)


def offer_fresh_sample_data() -> None:
    if setting("DATABASE_URL") or not sys.stdin.isatty():
        print("Sample data up to today: make clean && make run")
        return
    answer = input("Make sample data up to today? What was typed into the old ones is lost. [y/N] ")
    if answer.strip().lower() in {"y", "yes", "ya"}:
        remove(DEMO_DATABASE, *VAR.glob(f"{DEMO_DATABASE.name}-*"))
        prepare([])


def run(arguments: list[str]) -> None:
    """Set up whatever is missing and serve on 127.0.0.1:8000 (HOST, PORT)."""
    check_python()
    if "--allow-remote" in arguments:
        os.environ["ALLOW_REMOTE_DEMO"] = "1"
    host, port = setting("HOST", "127.0.0.1"), setting("PORT", "8000")
    is_new = not DOT_ENV.exists() and "SECRET_KEY" not in os.environ
    mode = setting("MODE", "demo" if is_new else "production")
    remote = setting("ALLOW_REMOTE_DEMO") == "1"
    complaint = remote_complaint(mode=mode, host=host, allow_remote=remote) or port_complaint(host, port)
    if complaint:
        sys.exit(complaint)
    prepare([])
    print(f"\nKKMP Jakarta Selatan: http://{f'[{host}]' if ':' in host else host}:{port}/  (Ctrl+C stops)")
    print(LOG_INS if mode == "demo" else "", flush=True)
    os.environ.update(HOST=host, PORT=port)
    os.chdir(ROOT)
    os.execv(VENV_PYTHON, python("-m", "gunicorn", "kkmp.wsgi"))


def run_tests(arguments: list[str], *, database_url: str, not_run: str) -> None:
    install(["--dev"])
    compile_catalogues()
    arguments = [argument for argument in arguments if argument != "--"]
    # tests/conftest.py puts the long ones first; whoever is through early takes short ones off the others.
    workers = (
        []
        if any(argument.startswith("-n") for argument in arguments)
        else ["-n", "auto", "--dist", "worksteal"]
    )
    status = call(python("-m", "pytest", *workers, *arguments), TEST_DATABASE_URL=database_url)
    if not any(map(shutil.which, CHROMIUM_NAMES)):
        not_run += ", browser tests (sudo apt install chromium)"
    print(f"NOT RUN: {not_run}".upper(), flush=True)
    sys.exit(status)


def test(arguments: list[str]) -> None:
    """Run all tests on SQLite, browser tests too where Chromium is found; arguments go to pytest."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    url = url if url.startswith("sqlite") else ""
    run_tests(arguments, database_url=url, not_run="PostgreSQL (make test-postgres)")


def test_postgres(arguments: list[str]) -> None:
    """Run the tests on the PostgreSQL of TEST_DATABASE_URL, but those of whole sweeps (decision 0029)."""
    install(["--dev"])
    url = setting("TEST_DATABASE_URL", DEFAULT_TEST_POSTGRES)
    if complaint := postgres_complaint(url):
        sys.exit(complaint)
    arguments = arguments or ["-m", "not browser", "-k", "not test_language and not of_another_area"]
    run_tests(arguments, database_url=url, not_run="SQLite (make test)")


def postgres_complaint(url: str) -> str | None:
    """Say in one line why the server of `url` cannot run the tests; a password in it is not repeated."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgres"):
        return f"TEST_DATABASE_URL must begin with postgres://, not {parts.scheme}://"
    probe = "import psycopg, sys; psycopg.connect(sys.argv[1], connect_timeout=5).close()"
    maintenance = parts._replace(scheme="postgresql", path="/postgres").geturl()
    answer = subprocess.run(python("-c", probe, maintenance), capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        return None
    reason = answer.stderr.strip().splitlines()[-1].partition(": ")[2]
    return (
        f"PostgreSQL on {parts.hostname}:{parts.port or 5432} does not let user {parts.username} in ({reason}); "
        "start it or set TEST_DATABASE_URL."
    )


def upgrade_command(*options: str) -> list[str]:
    files = subprocess.check_output(["git", "ls-files", "*.py"], cwd=ROOT, text=True).split()
    files = [file for file in files if (ROOT / file).exists()]
    return python("-m", "django_upgrade", "--target-version", "5.2", *options, *files)


def check(_arguments: list[str]) -> None:
    """Run linters, types, layers, templates, migrations, catalogues, deployment, two at a time; name all that failed."""
    install(["--dev"])
    lint_imports = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    # The longest first.
    checks = {
        "types": python("-m", "mypy"),
        "ruff": python("-m", "ruff", "check"),
        "format": python("-m", "ruff", "format", "--check"),
        "django-upgrade": upgrade_command("--check"),
        "layers": python("-c", lint_imports, "--no-logo"),
        "templates": python("-m", "djlint", "--lint", "--quiet", "."),
        "migrations": django("makemigrations --check --dry-run"),
        "deployment": django("check --deploy --fail-level WARNING"),
        "catalogues": python("-m", "pytest", "-q", "-n0", "-rs", "tests/test_catalogues.py"),
    }
    # What an office would run, and no database of anybody's.
    production = {
        "MODE": "production",
        **{name: new() for name, new in KEYS.items()},
        "ALLOWED_HOSTS": "kkmp.example.go.id",
        "DATABASE_URL": "sqlite://:memory:",
        "DJANGO_SETTINGS_MODULE": "kkmp.settings",
    }

    def run_check(name: str) -> bool:
        done = subprocess.run(
            checks[name],
            cwd=ROOT,
            env={**os.environ, **production},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # In one piece, so that what two checks say does not mix.
        print(f"== {name}\n{done.stdout}", end="", flush=True)
        return done.returncode == 0

    with ThreadPoolExecutor(CHECKS_AT_ONCE) as pool:
        failed = [
            name for name, passes in zip(checks, pool.map(run_check, checks), strict=True) if not passes
        ]
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks pass.", flush=True)
    sys.exit(bool(failed))


def fix(_arguments: list[str]) -> None:
    """Mend what the linters can mend."""
    install(["--dev"])
    must(upgrade_command("--exit-zero-even-if-changed"))
    call(python("-m", "ruff", "check", "--fix", "--quiet"))
    must(python("-m", "ruff", "format"))


def lock(arguments: list[str]) -> None:
    """Resolve both lock files anew; `--upgrade`: to the newest versions."""
    uv = shutil.which("uv")
    if not uv:
        sys.exit("Locking needs uv: pipx install uv")
    options = "--universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header"
    resolve = [uv, "pip", "compile", "--quiet", "--python-version", "3.11", *options.split(), *arguments]
    must([*resolve, "pyproject.toml", "--output-file", "requirements.lock"])
    must([*resolve, "pyproject.toml", "--group", "dev", "--output-file", "requirements-dev.lock"])


def remove(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def clean(arguments: list[str]) -> None:
    """Remove the demo's database and files, built assets, caches; `--all`: .venv and .env too."""
    if VAR.exists() and DOT_ENV.exists() and setting("MODE", "production") != "demo":
        sys.exit("MODE=production: var/ may hold real data and is not removed; do it by hand if you mean it.")
    caches = (".pytest_cache", ".ruff_cache", ".mypy_cache", ".import_linter_cache", ".hypothesis")
    remove(VAR, BUILD, *(ROOT / name for name in caches), *(ROOT / "locale").rglob("*.mo"))
    if "--all" in arguments:
        remove(VENV, DOT_ENV)


STEPS = {
    "run": run,
    "test": test,
    "test-postgres": test_postgres,
    "check": check,
    "fix": fix,
    "lock": lock,
    "messages": messages,
    "clean": clean,
    "install": install,
    "assets": assets,
    "prepare": prepare,
    "key": key,
}


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0] not in STEPS:
        print("python3 dev.py STEP, or make STEP:\n")
        print("\n".join(f"  {name:<14} {step.__doc__}" for name, step in STEPS.items()))
        sys.exit(2 if arguments and arguments[0] not in {"help", "-h", "--help"} else 0)
    try:
        STEPS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
