"""tasks.py: which Python it takes, what it says when there is none, and when it makes .venv again."""

import json
import os
import sys

import pytest

import tasks


def about(version, *lacks, usual=True):
    return {"version": version, "home": "/home", "executable": f"/bin/{version}", "usual": usual, "lacks": list(lacks)}


def test_the_newest_python_is_chosen_wherever_it_stands():
    found = [about("3.11.9"), about("3.15.0"), about("3.13.1"), about("3.9.2"), about("3.14.0", usual=False)]
    assert tasks.choose(found)["version"] == "3.13.1"


@pytest.fixture(autouse=True)
def no_wish(monkeypatch):
    monkeypatch.delenv("FERROTOPE_PYTHON", raising=False)


def test_of_equal_versions_the_first_is_chosen():
    assert tasks.choose([about("3.13.0"), about("3.13.9"), about("3.12.0")])["version"] == "3.13.0"


def test_a_python_without_venv_yields_to_an_older_one():
    assert tasks.choose([about("3.13.1", "ensurepip"), about("3.11.2")])["version"] == "3.11.2"


def test_a_python_without_venv_is_named_with_the_remedy():
    with pytest.raises(tasks.TaskError) as raised:
        tasks.choose([about("3.8.1"), about("3.12.3", "ensurepip", "ssl")])
    assert "/bin/3.12.3 (Python 3.12.3) lacks ensurepip and ssl" in str(raised.value)
    assert "apt install python3.12-venv" in str(raised.value)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "found none on the path"),
        ([about("3.9.2")], "3.9.2 (/bin/3.9.2)"),
        ([about("3.15.0")], "3.15.0"),
        ([about("3.13.0", usual=False)], "3.13.0"),
    ],
)
def test_no_fitting_python_is_said_with_what_was_found(found, said):
    with pytest.raises(tasks.TaskError, match=r"needs a 64-bit CPython 3\.11 to 3\.14") as raised:
        tasks.choose(found)
    assert said in str(raised.value)


def test_a_wished_python_is_taken_or_missed(monkeypatch):
    found = [about("3.13.1"), about("3.11.9"), about("3.9.2")]
    monkeypatch.setenv("FERROTOPE_PYTHON", "3.11")
    assert tasks.choose(found)["version"] == "3.11.9"
    for wish in ("3.12", "3.9", "newest"):
        monkeypatch.setenv("FERROTOPE_PYTHON", wish)
        with pytest.raises(tasks.TaskError, match=f"CPython {wish}, as FERROTOPE_PYTHON says"):
            tasks.choose(found)


def test_this_python_tells_of_itself():
    told = tasks.ask([sys.executable])
    assert tasks.minor(told) == f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert told["usual"] is True
    assert told["lacks"] == []
    assert told["home"] == sys.base_prefix
    assert not os.path.realpath(told["executable"]).startswith(sys.prefix + os.sep)


@pytest.mark.parametrize(
    "command",
    [
        ["python-that-is-not-there"],
        [sys.executable, "-c", "raise SystemExit(127)"],  # a shim that fails
        [sys.executable, "-c", "print('Python was not found')"],
        [sys.executable, "-c", "print(bytes([255, 254]))"],
    ],
)
def test_what_does_not_start_is_no_python(command):
    assert tasks.ask(command) is None


def test_all_of_the_path_is_searched_and_nothing_is_asked_twice(tmp_path, monkeypatch):
    suffix = ".exe" if tasks.WINDOWS else ""
    files = [tmp_path / folder / f"python3.12{suffix}" for folder in ("shims", "bin")]
    for file in files:
        file.parent.mkdir()
        file.write_text(str(file), encoding="utf-8")
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, [tmp_path / "absent", files[0].parent, files[1].parent])))
    commands = tasks.candidates()
    assert [command for command in commands if str(tmp_path) in command[0]] == [[str(file)] for file in files]
    assert len(commands) == len({tuple(command) for command in commands})


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project in a folder with a space, whose commands are written down instead of run."""
    root = tmp_path / "a project"
    (root / "requirements").mkdir(parents=True)
    for name in ("pyproject.toml", "requirements/run.txt", "requirements/test.txt"):
        (root / name).write_text(name, encoding="utf-8")
    done = []
    failing = []

    def do(command, failure):
        kind = "venv" if "venv" in command else "package" if "--editable" in command else command[-1]
        done.append(kind)
        if kind == "venv":
            tasks.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            tasks.PYTHON.write_text("python", encoding="utf-8")
            tasks.STAMP.unlink(missing_ok=True)
        if kind in failing:
            raise tasks.TaskError(failure)

    monkeypatch.setattr(tasks, "ROOT", root)
    monkeypatch.setattr(tasks, "VENV", root / ".venv")
    monkeypatch.setattr(tasks, "STAMP", root / ".venv" / "stamp.json")
    monkeypatch.setattr(tasks, "PYTHON", root / ".venv" / "python")
    monkeypatch.setattr(tasks, "find_python", lambda: about("3.13.1"))
    monkeypatch.setattr(tasks, "ask", lambda command: about("3.13.1") if tasks.PYTHON.exists() else None)
    monkeypatch.setattr(tasks, "do", do)

    def made(name):
        done.clear()
        tasks.environment(name)
        return list(done)

    made.root, made.failing = root, failing
    return made


RUN, TEST = "requirements/run.txt", "requirements/test.txt"


def test_the_environment_is_made_once(project):
    assert project("run") == ["venv", RUN, "package"]
    assert project("run") == []
    assert project("test") == [TEST, "package"]
    assert project("test") == []
    assert project("run") == []


def test_an_environment_with_the_test_tools_serves_to_run(project):
    assert project("test") == ["venv", TEST, "package"]
    assert project("run") == []


def test_another_lock_makes_the_environment_again_there_and_back(project):
    project("test")
    lock = project.root / TEST
    lock.write_text("other", encoding="utf-8")
    assert project("run") == ["venv", RUN, "package"]
    lock.write_text(TEST, encoding="utf-8")
    assert project("test") == ["venv", TEST, "package"]


def test_line_ends_are_no_change(project):
    lock = project.root / RUN
    lock.write_bytes(b"a\nb\n")
    project("run")
    lock.write_bytes(b"a\r\nb\r\n")
    assert project("run") == []


def test_another_pyproject_installs_the_package_alone_again(project):
    project("test")
    (project.root / "pyproject.toml").write_text("other", encoding="utf-8")
    assert project("test") == ["package"]
    assert project("test") == []


def test_another_python_makes_the_environment_again(project, monkeypatch):
    project("run")
    monkeypatch.setattr(tasks, "find_python", lambda: about("3.14.0"))
    assert project("run") == ["venv", RUN, "package"]


def test_a_python_that_has_gone_makes_the_environment_again(project):
    project("run")
    tasks.PYTHON.unlink()
    assert project("run") == ["venv", RUN, "package"]


@pytest.mark.parametrize("broken", ["venv", RUN, "package"])
def test_a_broken_installation_is_begun_anew(project, broken):
    project.failing.append(broken)
    with pytest.raises(tasks.TaskError):
        project("run")
    assert not tasks.STAMP.exists()
    project.failing.clear()
    assert project("run") == ["venv", RUN, "package"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"installed": ["run"]}'])
def test_a_damaged_stamp_is_no_stamp(project, text):
    project("run")
    tasks.STAMP.write_text(text, encoding="utf-8")
    assert project("run") == ["venv", RUN, "package"]


def test_the_stamp_says_what_was_installed(project):
    project("test")
    assert json.loads(tasks.STAMP.read_text(encoding="utf-8"))["installed"] == ["run", "test"]


def test_exit_status_of_the_task_is_passed_on(monkeypatch):
    monkeypatch.setattr(tasks, "environment", lambda name: None)
    monkeypatch.setattr(tasks, "PYTHON", sys.executable)
    monkeypatch.setitem(tasks.TASKS, "run", lambda: tasks.call("-c", "raise SystemExit(5)"))
    assert tasks.main(["run"]) == 5


def test_one_failed_check_fails_the_lint_and_the_others_still_run(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(tasks, "environment", lambda name: None)
    monkeypatch.setattr(tasks, "call", lambda *arguments, **more: asked.append(arguments) or -11 * (len(asked) == 2))
    assert tasks.main(["lint"]) == 1
    assert len(asked) == 4
    assert "failed: ruff format\n" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["tset"], ["run", "test"]])
def test_an_unknown_task_prints_the_list(arguments, capsys):
    assert tasks.main(arguments) == 2
    printed = capsys.readouterr().out
    assert all(f"tasks.py {name} " in printed for name in tasks.TASKS)


def test_what_is_missing_is_said_without_a_traceback(monkeypatch, capsys):
    def nothing():
        raise tasks.TaskError("needs a Python")

    monkeypatch.setattr(tasks, "find_python", nothing)
    assert tasks.main(["run"]) == 1
    assert capsys.readouterr().err == "tasks: needs a Python\n"


def test_another_python_is_kept_out(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PYTHONHOME", "/elsewhere")
    kept = tasks.surroundings(HYPOTHESIS_PROFILE="slow")
    assert "PYTHONPATH" not in kept
    assert "PYTHONHOME" not in kept
    assert kept["HYPOTHESIS_PROFILE"] == "slow"
    assert kept["PATH"] == os.environ["PATH"]
