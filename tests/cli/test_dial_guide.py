"""``simulator dial brew`` at a real terminal: nonsense is asked again, a forgotten point is asked about."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
RATING, WORD = "9 like extremely: ", "for none): "
PATIENCE = 60.0  # seconds for whatever is waited for


class Counter:
    """A person at a terminal: waits for a question, and types."""

    def __init__(self, home, *arguments):
        self._master, terminal = pty.openpty()
        environment = {
            **os.environ, "SIMULATOR_DIAL_HOME": str(home), "NO_COLOR": "1", "TERM": "dumb",
            "COLUMNS": "200",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simulator", *arguments],
            stdin=terminal, stdout=terminal, stderr=terminal, cwd=ROOT, env=environment,
            start_new_session=True, preexec_fn=_controls,
        )  # fmt: skip
        os.close(terminal)
        self.seen = ""

    def expect(self, text):
        """Read until this is on the screen; what came before it."""
        self._until(lambda: text in self.seen, f"{text!r} never came")
        before, _, self.seen = self.seen.partition(text)
        return before

    def type(self, text):
        """Type a line."""
        os.write(self._master, f"{text}\n".encode())

    def press_ctrl_c(self):
        """What the terminal makes of the key: SIGINT to whoever is in front.

        Whoever is interrupted between his question and his reading takes note, and then waits for the line
        all the same. So the key comes a moment after the question, and again if nothing happens.
        """
        presses = 0

        def gone():
            nonlocal presses
            if self.process.poll() is None and time.monotonic() >= began + 0.2 + 10.0 * presses:
                os.write(self._master, b"\x03")
                presses += 1
            return self.process.poll() is not None

        began = time.monotonic()
        self._until(gone, f"still there after Ctrl-C, pressed every 10 s for {PATIENCE:g} s")

    def end(self):
        """Status, and what was still said."""
        self._until(lambda: self.process.poll() is not None, "it never ended")
        while self._read():  # what is still on its way
            pass
        return self.process.returncode, self.seen

    def _until(self, reached, complaint):
        end = time.monotonic() + PATIENCE
        while not reached():
            left = self._read() or self.process.poll() is None
            if reached():
                return
            screen = f"status {self.process.poll()}; on the screen: {self.seen!r}"
            assert left, f"{complaint}: it has ended; {screen}"
            assert time.monotonic() < end, f"{complaint} in {PATIENCE:g} s; {screen}"

    def _read(self):
        """Whether something came to the screen within a fifth of a second."""
        if not select.select([self._master], [], [], 0.2)[0]:
            return False
        try:
            more = os.read(self._master, 65536)
        except OSError:  # the other side has closed, and may take a moment to be gone
            time.sleep(0.02)
            return False
        self.seen += more.decode(errors="replace").replace("\r\n", "\n")
        return bool(more)

    def close(self):
        """Leave."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self._master)


def _controls():
    # The terminal on descriptor 0 becomes the one that sends signals, and they are heard: tests that were
    # started in the background pass on that SIGINT is ignored.
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def home(tmp_path, simulator, monkeypatch):
    """A folder with ann's diary."""
    monkeypatch.setenv("SIMULATOR_DIAL_HOME", str(tmp_path))
    assert simulator("dial", "new", "ann").status == 0
    return tmp_path


@pytest.fixture
def at_counter(home):
    """Starts a command at a terminal."""
    people = []

    def start(*arguments):
        people.append(Counter(home, *arguments))
        return people[-1]

    yield start
    for person in people:
        person.close()


@pytest.fixture
def written(home, simulator):
    """The cups in ann's diary."""

    def read():
        return json.loads(simulator("dial", "history", "ann", "--json").out)

    return read


def test_a_guided_cup_with_nonsense_on_the_way(at_counter, written):
    person = at_counter("dial", "brew", "ann")
    shown = person.expect("press Enter. ")
    assert "Expected rating" in shown
    person.type("")
    for nonsense, why in (
        ("good", "'good' is not a number"),
        ("11", "outside the scale"),
        ("", "not a number"),
        ("nan", "outside the scale"),
        ("日本語\x1b[A", "not a number"),
    ):
        person.expect(RATING)
        person.type(nonsense)
        person.expect(why)
    person.expect(RATING)
    person.type("6,5")
    person.expect(WORD)
    person.type("bluish")
    person.expect("not a word the model knows")
    person.expect(WORD)
    person.type("just right, bitter")
    person.expect("not both")
    person.expect(WORD)
    person.type("bitter, weak")
    person.expect("Cup 1 is written down.")
    person.expect("Another cup? [Y/n] ")
    person.type("n")
    assert person.end()[0] == 0
    (cup,) = written()
    assert cup["rating"] == 6.5
    assert cup["words"] == ["too bitter", "too weak"]
    grind = float(re.search(r"grind +(\d+) µm", shown)[1])
    assert cup["settings"]["grind_um"] == grind


@pytest.mark.parametrize(("answer", "kept"), [("y", 7.5), ("n", 7.0)])
def test_75_is_asked_about_and_never_taken_as_it_is(at_counter, written, answer, kept):
    person = at_counter("dial", "brew", "ann")
    person.expect("press Enter. ")
    person.type("")
    person.expect(RATING)
    person.type("75")
    person.expect("Was 7.5 meant? [y/N] ")
    person.type(answer)
    if answer == "n":
        person.expect("outside the scale")
        person.expect(RATING)
        person.type("7")
    person.expect(WORD)
    person.type("")
    person.expect("Another cup? [Y/n] ")
    person.type("n")
    assert person.end()[0] == 0
    assert [cup["rating"] for cup in written()] == [kept]


@pytest.mark.parametrize("question", ["press Enter. ", RATING, WORD, "Another cup? [Y/n] "])
def test_ctrl_c_at_any_question_leaves_whole_cups_only(at_counter, written, question):
    person = at_counter("dial", "brew", "ann")
    for asked, answer in (("press Enter. ", ""), (RATING, "7"), (WORD, "weak"), ("[Y/n] ", "")):
        person.expect(asked)
        if asked in question:
            break
        person.type(answer)
    person.press_ctrl_c()
    status, said = person.end()
    assert status == 128 + signal.SIGINT
    assert "Traceback" not in said
    assert [cup["rating"] for cup in written()] == ([7.0] if question.startswith("Another") else [])


def test_the_end_of_the_input_is_no_answer(at_counter, written):
    person = at_counter("dial", "brew", "ann")
    person.expect("press Enter. ")
    person.type("")
    person.expect(RATING)
    os.write(person._master, b"\x04")
    status, said = person.end()
    assert status != 0
    assert "Traceback" not in said
    assert written() == []


@pytest.fixture
def answering(monkeypatch):
    """Somebody at a terminal in this process, who answers so and is asked nothing more."""

    def begin(*answers):
        left = list(answers)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda question: left.pop(0))
        return left

    return begin


def test_the_guide_goes_on_with_what_was_said_until_somebody_says_no(
    simulator, home, written, answering
):
    left = answering("", "5", "weak", "", "", "good", "7,5", "bluish", "", "no")
    said = simulator("dial", "brew", "ann", "--rater", "bob")
    assert said.status == 0, said.err
    assert left == []
    assert [(cup["rating"], cup["words"], cup["rater"]) for cup in written()] == [
        (5.0, ["too weak"], "bob"),
        (7.5, [], "bob"),
    ]
    assert "Cup 2 for ann" in said.out
    assert "against the last cup" in said.out
    assert "'good' is not a number" in said.out
    assert "You can stop" not in said.out


def test_the_guide_says_when_another_cup_finds_no_better_one(simulator, home, answering):
    kept = ("grind_um=800", "time_s=240", "milk_g=0", "sugar_g=0")
    simulator("dial", "change", "ann", *(part for knob in kept for part in ("--lock", knob)))
    answering("", "7", "", "n")
    said = simulator("dial", "brew", "ann")
    assert "You can stop: another cup is unlikely to find a better one." in said.out
