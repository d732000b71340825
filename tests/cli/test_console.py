import logging

import pytest

from mlpkg.cli.console import EXIT_USAGE, fail, set_up_logging

LONG = "[b]: " + "word " * 60 + "end"


@pytest.mark.parametrize(
    ("quiet", "verbose", "shown"),
    [
        (False, False, ["warning", "error"]),
        (False, True, ["info", "warning", "error"]),
        (True, True, ["error"]),
    ],
)
def test_the_log_goes_to_standard_error_by_level(capsys, quiet, verbose, shown):
    set_up_logging(quiet=quiet, verbose=verbose)
    logger = logging.getLogger("mlpkg.somewhere")
    for level in ("debug", "info", "warning", "error"):
        getattr(logger, level)(level)
    out, err = capsys.readouterr()
    assert (out, err.split()) == ("", shown)


def test_a_second_set_up_replaces_the_first(capsys):
    for _ in range(2):
        set_up_logging(quiet=False, verbose=False)
    logging.getLogger("mlpkg").warning("once")
    assert capsys.readouterr().err == "once\n"


def test_a_long_line_of_the_log_stays_one_line(capsys):
    set_up_logging(quiet=False, verbose=False)
    logging.getLogger("mlpkg").warning(LONG)
    assert capsys.readouterr().err == f"{LONG}\n"


def test_fail_leaves_with_the_code_for_wrong_use(capsys):
    with pytest.raises(SystemExit, match=str(EXIT_USAGE)):
        fail(f"{LONG}\ntwo")
    assert capsys.readouterr().err == f"error: {LONG}\nerror: two\n"
