"""The terminal: NO_COLOR takes colours, bold and everything else from the text."""

import sys

import pytest

from simulator.cli import terminal


@pytest.mark.parametrize(("no_color", "escaped"), [("1", False), ("", True)])
def test_with_no_color_set_nothing_is_coloured_or_bold(monkeypatch, capsys, no_color, escaped):
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    terminal.console().print("[red]red[/] [bold underline]bold[/]")
    assert ("\x1b" in capsys.readouterr().out) is escaped
