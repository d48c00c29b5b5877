"""Compilers that are missing or broken, caches that are not private, several processes at once."""

import os
import stat
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from simulator.autodiff import compile
from simulator.autodiff.dialects import c_call, c_compiler, c_library, pending
from simulator.autodiff.dialects.c_compiler import (
    CompilerWarning,
    NoCompilerError,
    find_compiler,
    flags_to_try,
)
from simulator.autodiff.dialects.c_library import load_library


def has_compiler():
    try:
        find_compiler()
    except NoCompilerError:
        return False
    return True


pytestmark = pytest.mark.skipif(
    not has_compiler(), reason="NO C COMPILER: the C dialect is not tested"
)

SOURCE = "int answer(void) { return 42; }\n"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and no memory of earlier warnings."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for function in (pending.fall_back, c_library._passing_folder, c_call._bridge):
        function.cache_clear()
    yield tmp_path / "perfect-cup"
    c_call._bridge.cache_clear()


@pytest.fixture
def compilations(monkeypatch):
    """The flags of every run of the compiler."""
    runs = []
    original = c_library.compile_c

    def counted(compiler, flags, source, target):
        runs.append(flags)
        original(compiler, flags, source, target)

    monkeypatch.setattr(c_library, "compile_c", counted)
    return runs


def square(x):
    return x[0] * x[0]


def call(function=square, point=3.0):
    return float(compile(function, 1, "value", "c", wait=True)(np.array([point]))[0])


def test_what_was_compiled_once_is_loaded_from_the_cache(cache, compilations):
    assert load_library(SOURCE, 1).answer() == 42
    assert load_library(SOURCE, 1).answer() == 42
    assert len(compilations) == 1


def test_other_text_flags_machines_and_compilers_are_other_libraries(
    cache, compilations, monkeypatch
):
    load_library(SOURCE, 1)
    load_library(SOURCE.replace("42", "43"), 1)
    load_library(SOURCE, 1, lanes=2)
    monkeypatch.setattr(c_library, "machine", lambda: "another")
    load_library(SOURCE, 1)
    other = c_compiler.Compiler(find_compiler().command, "newer")
    monkeypatch.setattr(c_library, "find_compiler", lambda: other)
    load_library(SOURCE, 1)
    assert len(compilations) == 5


def test_the_cache_is_open_to_its_owner_alone(cache):
    load_library(SOURCE, 1)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    (library,) = cache.iterdir()  # and nothing else is left behind
    assert stat.S_IMODE(library.stat().st_mode) & 0o077 == 0


def test_a_cache_that_others_may_write_is_not_used(cache):
    cache.mkdir(mode=0o700)
    cache.chmod(0o777)
    with pytest.warns(CompilerWarning, match="can be written by others"):
        assert load_library(SOURCE, 1).answer() == 42
    assert list(cache.iterdir()) == []


def test_a_cache_that_is_a_link_is_not_used(cache, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    cache.symlink_to(elsewhere)
    with pytest.warns(CompilerWarning, match="is something else"):
        load_library(SOURCE, 1)
    assert list(elsewhere.iterdir()) == []


def test_a_cache_that_one_may_not_write_is_not_used(cache, monkeypatch):
    # Nothing is forbidden to root, so the system's answer is given in its place.
    monkeypatch.setattr(c_library.os, "access", lambda path, mode: Path(path) != cache)
    with pytest.warns(CompilerWarning, match="cannot be written; compiling anew every time"):
        assert load_library(SOURCE, 1).answer() == 42
    assert list(cache.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_cache_of_somebody_else_is_not_used(cache):
    cache.mkdir(mode=0o700)
    os.chown(cache, 12345, -1)
    with pytest.warns(CompilerWarning, match="belongs to somebody else"):
        load_library(SOURCE, 1)


def test_a_cached_library_that_others_may_write_is_compiled_again(cache, compilations):
    load_library(SOURCE, 1)
    (library,) = cache.iterdir()
    library.unlink()
    library.write_text("not a library")
    library.chmod(0o666)
    assert load_library(SOURCE, 1).answer() == 42
    assert len(compilations) == 2


def test_the_oldest_libraries_go(cache, monkeypatch):
    monkeypatch.setattr(c_library, "_KEPT", 2)
    for number in range(4):
        load_library(SOURCE.replace("42", str(number)), 1)
        for file in cache.iterdir():
            os.utime(file, (number, file.stat().st_mtime - 100))
    assert len(list(cache.glob("*.so"))) == 2


def test_no_flag_may_change_a_result():
    for flags in flags_to_try(100, None):
        assert "-ffp-contract=off" in flags
        assert not {"-ffast-math", "-Ofast", "-funsafe-math-optimizations"} & set(flags)


def test_only_on_linux_the_vector_library_is_tried(monkeypatch):
    tries = {}
    for platform in ("linux", "darwin"):
        monkeypatch.setattr(c_compiler.sys, "platform", platform)
        tries[platform] = flags_to_try(100, None)
    assert tries["linux"][1:] == tries["darwin"]
    assert "-DLIBMVEC" in tries["linux"][0]
    assert not any("-DLIBMVEC" in flags for flags in tries["darwin"])


def test_windows_has_no_c_dialect(monkeypatch):
    monkeypatch.setenv("CC", "a-compiler-that-nobody-looked-for-yet")
    monkeypatch.setattr(c_compiler.sys, "platform", "win32")
    with pytest.raises(NoCompilerError, match="the C dialect needs a Unix"):
        find_compiler()


def test_without_a_compiler_numpy_serves_and_one_warning_says_so(cache, monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.warns(CompilerWarning, match=r"'no-such-compiler'.*NumPy dialects run instead"):
        assert call() == 9.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert call(point=4.0) == 16.0


def test_a_broken_compiler_is_as_good_as_none(cache, monkeypatch):
    monkeypatch.setenv("CC", "false")
    with pytest.warns(CompilerWarning, match="false fails with status 1"):
        assert call() == 9.0


def test_the_compilers_arguments_may_stand_in_cc(cache, compilations, monkeypatch):
    command = find_compiler().command[0]
    monkeypatch.setenv("CC", f"{command} -DEXTRA=7")
    assert load_library("int answer(void) { return EXTRA; }\n", 1).answer() == 7


def test_nothing_in_cc_reaches_a_shell(cache, monkeypatch, tmp_path):
    monkeypatch.setenv("CC", f"cc; touch {tmp_path}/broken")
    with pytest.raises(NoCompilerError):
        load_library(SOURCE, 1)
    assert not (tmp_path / "broken").exists()


def test_without_pythons_headers_calls_go_through_ctypes_with_the_same_bits(cache, monkeypatch):
    point = 0.3
    expected = call(lambda x: np.exp(x[0]), point)
    monkeypatch.setattr(c_library, "flags_of_extension", lambda: [("-shared", "-I/nowhere")])
    c_call._bridge.cache_clear()
    with pytest.warns(CompilerWarning, match="through ctypes"):
        assert call(lambda x: np.exp(x[0]), point) == expected


def test_without_the_vector_library_the_plain_one_serves(cache, monkeypatch):
    def plain_only(operations, lanes):
        return [flags for flags in flags_to_try(operations, lanes) if "-DLIBMVEC" not in flags]

    monkeypatch.setattr(c_library, "flags_to_try", plain_only)
    x = np.linspace(-3.0, 3.0, 50).reshape(1, -1)

    def waves(x):
        return np.sin(x[0]) + np.cbrt(x[0]) + np.hypot(x[0], 2.0)

    found = compile(waves, 1, "value", "c", wait=True)(x)[0]
    np.testing.assert_allclose(found, waves(x), rtol=1e-14, atol=1e-16)


def test_flags_that_a_compiler_refuses_are_dropped(cache, monkeypatch):
    monkeypatch.setattr(
        c_library, "flags_to_try", lambda *_: [("-mno-such-flag",), flags_to_try(1, None)[-1]]
    )
    assert load_library(SOURCE, 1).answer() == 42


PROCESS = """
import numpy as np
from simulator.autodiff import compile
f = compile(lambda x: np.exp(x[0]) * 3.0, 1, "value", "c", wait=True)
print(float(f(np.array([0.0]))[0]))
"""


def test_processes_that_compile_the_same_program_at_once_do_not_disturb_each_other(cache):
    here = Path(c_library.__file__).parents[3]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS], stdout=subprocess.PIPE, text=True, cwd=here
        )
        for _ in range(3)
    ]
    assert [process.communicate()[0].strip() for process in running] == ["3.0"] * 3


def test_a_forked_process_can_use_what_its_parent_compiled(cache):
    f = compile(lambda x: np.exp(x[0]), 1, "value", "c", wait=True)
    x = np.zeros((1, 50_000))
    f(x)
    child = os.fork()
    if child == 0:
        os._exit(0 if (f(x)[0] == 1.0).all() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_compile_of_the_numpy_dialect_needs_no_compiler(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    assert compile(square, 1, dialect="numpy")(np.array([3.0]))[0] == 9.0
