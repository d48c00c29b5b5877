"""Files made to hang, to bloat or to run something: refused at once, with file and line, exit status 2."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any

import pytest

MOST_SECONDS = 0.2
MOST_MEGABYTES = 100
KIB = 1024


def doubled(levels: int, width: int) -> str:
    """Aliases that repeat aliases: width to the power of levels values."""
    first = "a0: &a0 [" + ", ".join("x" * width) + "]\n"
    rest = (f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * width)}]\n" for i in range(1, levels))
    return first + "".join(rest)


HOSTILE: dict[str, str | bytes] = {
    "alias bomb": doubled(12, 9),
    "merge bomb": "a: &a {x: 1}\n" + "".join(f"b{i}: {{<<: [*a, *a]}}\n" for i in range(3000)),
    "recursive anchor": "name: &a [*a]",
    "recursive mapping": "name: a\nbrew: &b {cup: *b}",
    "python object": "name: !!python/object/apply:os.system ['touch owned']",
    "python name": "name: !!python/name:os.system",
    "python tuple": "name: !!python/tuple [1]",
    "binary tag": "name: !!binary aGVsbG8=",
    "5,000 levels of lists": "name: " + "[" * 5000 + "]" * 5000,
    "5,000 levels of mappings": "{a: " * 5000 + "}" * 5000,
    "5,000 levels of dashes": "- " * 5000,
    "5,000 levels of indentation": "".join(" " * i + "a:\n" for i in range(350)),
    "60,000 brackets": "[" * 60_000,
    "100 MB of comments": b"#" * 100_000_000,
    "100 MB of values": b"a: 1\n" * 20_000_000,
    "most of what is read, values": "- x\n" * (16 * KIB),
    "most of what is read, the same key": "a: 1\n" * (13 * KIB),
    "most of what is read, comments": "#\n" * (32 * KIB),
    "most of what is read, empty lines": "\n" * (64 * KIB),
    "most of what is read, one word": "x " * (32 * KIB),
    "most of what is read, folded": "a: >\n" + " x\n" * (21 * KIB),
    "most of what is read, quoted": "a: '" + "b " * (31 * KIB),
    "most of what is read, escapes": 'a: "' + "\\x41" * (15 * KIB),
    "most of what is read, plain lines": "a: x\n" + "  x\n" * (15 * KIB),
    "question marks": "? " * 30_000,
    "anchors": "&a " * 20_000,
    "tags": "!" * 60_000,
    "documents": "---\n" * 15_000,
    "UTF-16": "name: café".encode("utf-16"),
    "UTF-16 without a mark": "name: café".encode("utf-16-le"),
    "UTF-32": "name: café".encode("utf-32"),
    "latin-1": "name: café".encode("latin-1"),
    "NUL": b"name: a\0b",
    "only NUL": bytes(50_000),
    "control characters": "name: a\x1b[2Jb",
    "turned direction": "name: \u202egpj.exe",
    "half a surrogate": b"name: \xed\xa0\x80",
    "duplicate keys": "name: a\nname: b",
    "duplicate keys below": "name: a\nbrew: {dose_g: 15, dose_g: 16}",
    "a number that no float holds": "name: a\nseed: " + "9" * 60_000,
    "an exponent that no float holds": "name: a\nbrew: {dose_g: 1e999999999999}",
    "a regular expression's nightmare": "name: a\nseed: " + "1" * 30_000 + "e",
    "not settings": "[1, 2, 3]",
    "nothing": "",
}


@contextmanager
def untraced() -> Iterator[None]:
    """Measuring coverage would double the time."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_at_once_with_file_and_line(
    simulator: Any, config: Any, small: str, measured: Any, name: str
):
    path = config(small)
    simulator("validate", path)  # what is loaded when first needed is start-up
    path = config(HOSTILE[name])
    seconds = []
    for _ in range(3):
        with untraced():
            began = process_time()
            said = simulator("validate", path)
            seconds.append(process_time() - began)
    assert said.status == 2
    assert str(path) in said.err
    assert re.search(rf"{re.escape(str(path))}:\d+:\d+: ", said.err)
    assert len(said.err) < 30_000
    assert "\x1b" not in said.err
    assert "\u202e" not in said.err
    # The least of three: a busy machine makes the others longer.
    assert min(seconds) <= MOST_SECONDS
    measured("hostile yaml", files=1, most_s=round(min(seconds), 2))


def test_it_takes_little_memory(
    small: str, tmp_path: Any, measured: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # it would be weighed as well
    program = (
        "import resource, sys\n"
        "from simulator.cli.app import run_command\n"
        "for path in sys.argv[1:]:\n"
        "    run_command(['validate', path])\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    paths = []
    for number, content in enumerate([small, *HOSTILE.values()]):
        path = tmp_path / f"{number}.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(str(path))
    done = subprocess.run(
        [sys.executable, "-c", program, *paths], capture_output=True, text=True, check=True
    )
    kilobytes = [int(line) for line in done.stdout.splitlines() if line.isdigit()]
    assert len(kilobytes) == len(paths)
    more = (max(kilobytes) - kilobytes[0]) / 1024
    assert more <= MOST_MEGABYTES
    measured("hostile yaml", most_mb=round(more))


@pytest.mark.parametrize("verb", ["run", "show", "explain", "dial-chart", "page"])
def test_every_verb_that_reads_a_config_refuses_it(
    simulator: Any, config: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, verb: str
):
    monkeypatch.chdir(tmp_path)
    for name in ("python object", "alias bomb", "NUL"):
        said = simulator(verb, config(HOSTILE[name]))
        assert said.status == 2
        assert re.search(r"cup\.yaml:\d+:\d+: ", said.err)
    assert not (tmp_path / "owned").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"cup.yaml"}


@pytest.mark.parametrize("role", ["extends", "bean"])
def test_a_hostile_file_that_a_config_names_is_refused_too(
    simulator: Any, config: Any, small: str, tmp_path: Any, role: str
):
    for content in (HOSTILE["python object"], HOSTILE["alias bomb"], HOSTILE["NUL"]):
        other = tmp_path / "other.yaml"
        other.write_bytes(content.encode() if isinstance(content, str) else content)
        said = simulator("validate", config(f"{role}: other.yaml\n{small}"))
        assert said.status == 2
        assert "other.yaml:" in said.err
