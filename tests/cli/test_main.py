import pytest

from mlpkg.cli import main
from mlpkg.cli.console import EXIT_USAGE
from mlpkg.exceptions import ConfigError


def leave_with(monkeypatch, error):
    def app():
        raise error

    monkeypatch.setattr("mlpkg.cli.app", app)
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_an_error_of_the_user_is_a_line_a_fault(monkeypatch, capsys):
    assert leave_with(monkeypatch, ConfigError("one\ntwo")) == EXIT_USAGE
    assert capsys.readouterr().err == "error: one\nerror: two\n"


def test_an_error_of_the_system_is_a_line_too(monkeypatch, capsys):
    error = PermissionError(13, "Permission denied", "rows.csv")
    assert leave_with(monkeypatch, error) == EXIT_USAGE
    err = capsys.readouterr().err
    assert "Permission denied: 'rows.csv'" in err
    assert err.count("\n") == 1


def test_a_fault_of_the_program_keeps_its_traceback(monkeypatch):
    monkeypatch.setattr("mlpkg.cli.app", lambda: [][0])
    with pytest.raises(IndexError, match="out of range"):
        main()
