import ast
import socket
import stat
import sys
from pathlib import Path

import pytest

import dev
import dev_env
from kkmp.crypto import read_key


def test_python_complaint_names_the_command_that_mends_it() -> None:
    assert {
        "old": dev.python_complaint((3, 9), can_make_venv=True),
        "without venv": dev.python_complaint((3, 12), can_make_venv=False),
        "fine": dev.python_complaint((3, 11), can_make_venv=True),
    } == {
        "old": "Python 3.11 or newer is needed, this is 3.9: sudo apt install python3.11 python3.11-venv",
        "without venv": "Python cannot make a virtual environment here: sudo apt install python3.12-venv",
        "fine": None,
    }


def test_dev_py_is_read_by_older_pythons() -> None:
    """An older Python must get far enough to say that it is too old."""
    for module in (dev, dev_env):
        ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])
def test_demo_refuses_to_be_served_to_a_network(host: str) -> None:
    complaint = dev.remote_complaint(mode="demo", host=host, allow_remote=False)
    assert complaint == (
        f"MODE=demo has published passwords and plain http, so HOST={host} is refused; "
        "in a network you trust: python3 dev.py run --allow-remote"
    )


@pytest.mark.parametrize(
    ("mode", "host", "allow_remote"),
    [
        ("demo", "127.0.0.1", False),
        ("demo", "::1", False),
        ("demo", "0.0.0.0", True),
        ("production", "0.0.0.0", False),
    ],
)
def test_served_where_it_may_be(mode: str, host: str, *, allow_remote: bool) -> None:
    assert dev.remote_complaint(mode=mode, host=host, allow_remote=allow_remote) is None


def test_port_in_use_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        complaint = f"Cannot serve on 127.0.0.1:{port} (Address already in use); choose another port: PORT=8001 make run"
        assert dev.port_complaint("127.0.0.1", port) == complaint
    assert dev.port_complaint("127.0.0.1", port) is None


@pytest.mark.parametrize(
    ("port", "reason"),
    [("65536", "bind(): port must be 0-65535."), ("http", "invalid literal for int() with base 10: 'http'")],
)
def test_port_must_be_a_port(port: str, reason: str) -> None:
    complaint = f"Cannot serve on 127.0.0.1:{port} ({reason}); choose another port: PORT=8001 make run"
    assert dev.port_complaint("127.0.0.1", port) == complaint


@pytest.fixture(autouse=True)
def no_keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in dev_env.KEYS:
        monkeypatch.delenv(name, raising=False)


def test_dot_env_has_a_key_of_its_own_and_one_reader(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    dev_env.write_dot_env(path)
    written = dev_env.dot_env(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(written) == ["MODE", "SECRET_KEY", "DATA_KEY", "BACKUP_KEY"]
    assert len(written["SECRET_KEY"]) >= 50
    assert len(set(written.values())) == 4
    assert read_key("DATA_KEY", written["DATA_KEY"]) != read_key("BACKUP_KEY", written["BACKUP_KEY"])
    dev_env.write_dot_env(path)
    assert dev_env.dot_env(path) == written


def test_older_dot_env_of_a_demo_gets_what_it_lacks(tmp_path: Path) -> None:
    """An update of the program must not ask somebody with a demo for keys."""
    path = tmp_path / ".env"
    path.write_text("MODE=demo\nSECRET_KEY=mine", encoding="utf-8")
    dev_env.write_dot_env(path)
    written = dev_env.dot_env(path)
    assert list(written) == ["MODE", "SECRET_KEY", "DATA_KEY", "BACKUP_KEY"]
    assert written["SECRET_KEY"] == "mine"


def test_keys_of_the_environment_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    monkeypatch.setenv("SECRET_KEY", "mine")
    monkeypatch.setenv("BACKUP_KEY", "mine")
    dev_env.write_dot_env(path)
    assert list(dev_env.dot_env(path)) == ["MODE", "DATA_KEY"]
    monkeypatch.delenv("MODE")
    dev_env.write_dot_env(tmp_path / "production.env")
    assert not (tmp_path / "production.env").exists()


def test_dot_env_that_exists_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("MODE=production\n", encoding="utf-8")
    dev_env.write_dot_env(path)
    assert path.read_text(encoding="utf-8") == "MODE=production\n"


def test_production_gets_no_key_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `.env` with MODE=demo beside a real installation would be the mode of its next start."""
    monkeypatch.setenv("MODE", "production")
    with pytest.raises(SystemExit, match="needs a SECRET_KEY"):
        dev_env.write_dot_env(tmp_path / ".env")
    assert not (tmp_path / ".env").exists()


def test_dot_env_is_read_as_written_by_people(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "# SECRET=1\n\n  # B=2\nA = 1\nURL=\"sqlite:///a=b\"\nC='x'\nno equals sign\nD=\n", encoding="utf-8"
    )
    assert dev_env.dot_env(path) == {"A": "1", "URL": "sqlite:///a=b", "C": "x", "D": ""}


def test_environment_counts_before_dot_env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "DOT_ENV", tmp_path / ".env")
    dev.DOT_ENV.write_text("PORT=1\nHOST=::1\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "2")
    monkeypatch.delenv("HOST", raising=False)
    assert [dev.setting(name, "none") for name in ("PORT", "HOST", "NOWHERE")] == ["2", "::1", "none"]


def test_fingerprint_sees_a_change_of_the_same_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    file = tmp_path / "folder" / "a.css"
    file.parent.mkdir()
    seen = []
    for text in ("red", "red", "tan"):
        file.write_text(text, encoding="utf-8")
        seen.append(dev.fingerprint(tmp_path / "folder"))
    assert [seen[0] == seen[1], seen[1] == seen[2]] == [True, False]


def test_postgres_that_does_not_answer_is_said_in_one_line_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dev, "VENV_PYTHON", Path(sys.executable))
    complaint = dev.postgres_complaint("postgres://kkmp:secret-word@127.0.0.1:9/kkmp") or ""
    assert complaint.startswith("PostgreSQL on 127.0.0.1:9 does not let user kkmp in (")
    assert complaint.endswith("; start it or set TEST_DATABASE_URL.")
    assert "secret-word" not in complaint
    assert "\n" not in complaint


def test_postgres_tests_refuse_another_database() -> None:
    assert (
        dev.postgres_complaint("sqlite:///x")
        == "TEST_DATABASE_URL must begin with postgres://, not sqlite://"
    )


def test_clean_keeps_the_data_of_a_real_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "VAR", tmp_path)
    monkeypatch.setattr(dev, "DOT_ENV", tmp_path / ".env")
    monkeypatch.delenv("MODE")
    dev.DOT_ENV.write_text("MODE=production\n", encoding="utf-8")
    database = tmp_path / "kkmp.sqlite3"
    database.touch()
    with pytest.raises(SystemExit, match="not removed"):
        dev.clean([])
    assert database.exists()


def test_unknown_step_lists_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        dev.main(["fly"])
    assert stop.value.code == 2
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[2:]] == list(dev.STEPS)
