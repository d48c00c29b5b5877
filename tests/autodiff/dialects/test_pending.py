"""The C dialect behind `compile`: no call waits for the compiler, and a program that ends stops it."""

import os
import stat
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from simulator.autodiff import compile, compile_steps, trace
from simulator.autodiff.dialects import c_call, c_library, pending
from simulator.autodiff.dialects.c_compiler import CompilerWarning, NoCompilerError, find_compiler
from simulator.autodiff.dialects.pending import Pending


def has_compiler():
    try:
        find_compiler()
    except NoCompilerError:
        return False
    return True


needs_compiler = pytest.mark.skipif(
    not has_compiler(), reason="NO C COMPILER: compiling in the background is not tested"
)

POINT = np.array([0.7, 0.4])
BATCH = np.linspace(0.1, 2.0, 10).reshape(2, 5)


def model(x):
    return np.exp(x[0]) * np.tanh(x[1]) + x[0] ** 1.7


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, and no memory of earlier warnings."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("PERFECT_CUP_C", raising=False)
    for function in (pending.fall_back, c_library._passing_folder, c_call._bridge):
        function.cache_clear()
    yield tmp_path / "perfect-cup"
    c_call._bridge.cache_clear()


@pytest.fixture
def gate(monkeypatch):
    """Compilers wait until it is opened."""
    opened = threading.Event()
    original = c_library.compile_c

    def held(compiler, flags, source, target):
        assert opened.wait(60.0)
        original(compiler, flags, source, target)

    monkeypatch.setattr(c_library, "compile_c", held)
    yield opened
    opened.set()


@needs_compiler
def test_until_c_is_compiled_python_serves_single_recipes_and_numpy_batches(gate):
    f = compile(model, 2, dialect="c")
    for x, dialect in ((POINT, "python"), (BATCH, "numpy")):
        expected = compile(model, 2, dialect=dialect)(x)
        for found, wanted in zip(f(x), expected, strict=True):
            assert found.tobytes() == wanted.tobytes()
    gate.set()
    assert f.wait(60.0)


@needs_compiler
def test_when_c_is_compiled_the_same_callable_runs_it(gate):
    f = compile(model, 2, dialect="c")
    gate.set()
    assert f.wait(60.0)
    at_once = compile(model, 2, dialect="c", wait=True)
    for x in (POINT, BATCH):
        for found, wanted in zip(f(x), at_once(x), strict=True):
            assert found.tobytes() == wanted.tobytes()


@needs_compiler
def test_what_has_been_compiled_before_runs_from_the_first_call():
    compile(model, 2, dialect="c", wait=True)
    assert not isinstance(compile(model, 2, dialect="c"), Pending)


@needs_compiler
def test_a_compiler_that_fails_in_the_background_is_reported_by_one_warning(monkeypatch):
    monkeypatch.setenv("CC", "false")
    f = compile(model, 2, dialect="c")
    assert f.wait(60.0)
    with pytest.warns(CompilerWarning, match="false fails with status 1.*run instead"):
        first = f(POINT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert f(POINT)[0] == first[0] == compile(model, 2)(POINT)[0]


def test_c_can_be_switched_off_without_a_warning(monkeypatch, cache):
    monkeypatch.setenv("PERFECT_CUP_C", "off")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f = compile(model, 2, dialect="c", wait=True)
    assert f(POINT)[0].tobytes() == compile(model, 2)(POINT)[0].tobytes()
    assert not cache.exists()


def test_another_word_than_on_and_off_is_refused(monkeypatch):
    monkeypatch.setenv("PERFECT_CUP_C", "perhaps")
    with pytest.raises(ValueError, match="'on' or 'off', not 'perhaps'"):
        compile(model, 2, dialect="c")


@needs_compiler
def test_steps_run_in_python_until_c_is_compiled(gate):
    graph = trace(model, 2)
    rule = (lambda x: (), lambda state, x, gradient: (state, x - 0.01 * gradient))
    walks = [
        compile_steps(*rule, graph, [0.1, 0.1], [2.0, 2.0], dialect) for dialect in ("c", "python")
    ]
    meanwhile, in_python = (walk(BATCH, 20).x for walk in walks)
    assert meanwhile.tobytes() == in_python.tobytes()
    gate.set()
    assert walks[0].loop.wait(60.0)
    np.testing.assert_allclose(walks[0](BATCH, 20).x, in_python, rtol=1e-13)


SLOW_COMPILER = """#!/bin/sh
[ "$1" = --version ] && echo slow && exit
trap 'echo stopped >> {log}; exit 1' TERM
echo started >> {log}
sleep 60 &
wait
"""

PROGRAM = """
import sys, time
from pathlib import Path
import numpy as np
from simulator.autodiff import compile
f = compile(lambda x: np.exp(x[0]), 1, "value", dialect="c")
while not Path(sys.argv[1]).exists():
    time.sleep(0.01)
print(float(f(np.array([0.0]))[0]))
"""


@needs_compiler
def test_a_program_that_ends_stops_its_compiler_and_leaves_nothing(tmp_path, cache):
    log, compiler = tmp_path / "log", tmp_path / "slow-cc"
    compiler.write_text(SLOW_COMPILER.format(log=log))
    compiler.chmod(0o755)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(log)],
        env={**os.environ, "CC": str(compiler)},
        cwd=Path(c_library.__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1.0\n", "")
    assert time.monotonic() - began < 30.0
    assert all_stopped(log)
    assert list(cache.iterdir()) == []


def all_stopped(log):
    for _ in range(200):
        words = log.read_text().split()
        if words.count("started") == words.count("stopped"):
            return True
        time.sleep(0.05)
    return False


@needs_compiler
def test_compiled_libraries_are_their_owners_alone(cache):
    compile(model, 2, dialect="c", wait=True)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in cache.iterdir()} == {0o700}
