"""The terminal: NO_COLOR takes colours, bold and everything else from the text."""

import sys
from io import BytesIO, StringIO, TextIOWrapper

import pytest

from simulator.cli import terminal
from simulator.cli.app import main


@pytest.mark.parametrize(("no_color", "escaped"), [("1", False), ("", True)])
def test_with_no_color_set_nothing_is_coloured_or_bold(monkeypatch, capsys, no_color, escaped):
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    terminal.console().print("[red]red[/] [bold underline]bold[/]")
    assert ("\x1b" in capsys.readouterr().out) is escaped


@pytest.mark.parametrize("terminal_there", [True, False])
def test_what_takes_long_is_said_on_a_terminal_alone_and_not_among_the_results(
    monkeypatch, capsys, terminal_there
):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal_there, raising=False)
    with terminal.waiting("grinding"):
        print("done")
    said = capsys.readouterr()
    assert said.out == "done\n"
    assert ("grinding" in said.err) is terminal_there


def fails(error):
    """A verb that fails so."""

    def verb(*given, **more):
        raise error

    return verb


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(28, "No space left on device"), 2, "the system refused: [Errno 28] No space left"),
        (RuntimeError("odd"), 1, "this is a fault of the program, not yours: RuntimeError: odd"),
    ],
)
def test_no_error_leaves_as_a_traceback(simulator, monkeypatch, error, status, message):
    monkeypatch.setattr("simulator.cli.app.app", fails(error))
    said = simulator("facts")
    assert said.status == status
    assert said.err.startswith(message)


def test_who_mends_the_program_gets_the_traceback(simulator, monkeypatch):
    monkeypatch.setattr("simulator.cli.app.app", fails(RuntimeError("odd")))
    monkeypatch.setenv("SIMULATOR_TRACEBACK", "1")
    with pytest.raises(RuntimeError, match="odd"):
        simulator("facts")


def test_a_terminal_without_greek_letters_gets_question_marks(monkeypatch):
    written = [BytesIO(), BytesIO()]
    streams = [TextIOWrapper(each, encoding="ascii") for each in written]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    with pytest.raises(SystemExit) as ended:
        main(["parameters"])
    streams[0].flush()
    assert ended.value.code == 0
    assert b"?" in written[0].getvalue()


def test_other_streams_are_left_as_they_are(monkeypatch):
    monkeypatch.setattr(sys, "stdout", StringIO())
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert sys.stdout.getvalue().startswith("simulator ")
