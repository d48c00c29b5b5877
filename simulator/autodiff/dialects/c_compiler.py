"""The machine's C compiler: which one, which flags, and what its output depends on."""

from __future__ import annotations

import atexit
import contextlib
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np


class NoCompilerError(Exception):
    """There is no C compiler, or it cannot compile what it is given; the message says which."""


class CompilerWarning(UserWarning):
    """The C dialect does without: without a compiler, or without its cache folder."""


@dataclass(frozen=True)
class Compiler:
    """A command that compiles C, and the text that tells it from others."""

    command: tuple[str, ...]
    identity: str


#: What every library is compiled with. No value may change: no fast-math, no fused multiply-adds but
#: those written; only errno and the floating-point flags, which nobody reads, are given up.
_ALWAYS: Final = (
    "-std=gnu11", "-shared", "-fPIC", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
)  # fmt: skip
_NATIVE: Final = ("-march=native",)
_VECTOR_LIBRARY: Final = ("-DLIBMVEC", "-Wl,-z,defs", "-lmvec")

#: Operations up to which a program is worth the compiler's full effort.
_SHORT: Final = 10_000

#: Compilers that run now, and the process that started each; at most one per processor at a time.
_RUNNING: Final[dict[subprocess.Popen[str], int]] = {}
_TURNS: Final = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))
_ENDING: Final = threading.Event()
_STARTING: Final = threading.Lock()


def find_compiler() -> Compiler:
    """The compiler that the variable CC names, else cc, gcc or clang.

    Raises:
        NoCompilerError: there is none.
    """
    return _found(os.environ.get("CC", ""), os.environ.get("PATH", ""))


@lru_cache(maxsize=8)
def _found(wanted: str, path: str) -> Compiler:
    if sys.platform == "win32":
        raise NoCompilerError("the C dialect needs a Unix: private folders and shared libraries")
    for command in [shlex.split(wanted)] if wanted.strip() else [["cc"], ["gcc"], ["clang"]]:
        program = shutil.which(command[0], path=path)
        if program is not None:
            return Compiler((program, *command[1:]), _identity(program))
    raise NoCompilerError(
        f"CC names {wanted!r}, which is not there" if wanted.strip() else "no cc, gcc or clang"
    )


def _identity(program: str) -> str:
    """Its version, and its file's size and time: an update changes one or the other."""
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoCompilerError(f"{program} cannot be run: {error}") from error
    file = Path(program).resolve()
    stat = file.stat()
    return f"{file} {stat.st_size} {stat.st_mtime_ns} {answer.stdout}"


@lru_cache(maxsize=1)
def machine() -> str:
    """The processor, as far as compiled code depends on it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    kinds = ("model name", "flags", "Features", "CPU part")
    told = {line for line in lines if line.startswith(kinds)}
    return " ".join([platform.platform(), platform.machine(), platform.processor(), *sorted(told)])


def flags_to_try(operations: int, lanes: int | None) -> list[tuple[str, ...]]:
    """Flags for a program, best first: with the vector math library, without it, for any machine."""
    effort = "-O3" if operations <= _SHORT else "-O2"
    width = () if lanes is None else (f"-DLANES={lanes}",)
    plain = (*_ALWAYS, effort, *width)
    tries = [(*plain, *_NATIVE, "-lm"), (*plain, "-lm")]
    if sys.platform == "linux":
        tries.insert(0, (*plain, *_NATIVE, *_VECTOR_LIBRARY, "-lm"))
    return tries


def flags_of_extension() -> list[tuple[str, ...]]:
    """Flags for a Python extension module that uses NumPy's arrays."""
    folders = [sysconfig.get_path("include"), sysconfig.get_path("platinclude"), np.get_include()]
    includes = [f"-I{folder}" for folder in dict.fromkeys(folders)]
    undefined = ("-undefined", "dynamic_lookup") if sys.platform == "darwin" else ()
    return [("-std=gnu11", "-shared", "-fPIC", "-O2", *includes, *undefined)]


def compile_c(compiler: Compiler, flags: Sequence[str], source: Path, target: Path) -> None:
    """Compile a file into a library.

    Raises:
        NoCompilerError: the compiler refuses; the message is the first lines of its own.
    """
    # Libraries come after what needs them.
    libraries = [flag for flag in flags if flag.startswith(("-l", "-Wl"))]
    others = [flag for flag in flags if flag not in libraries]
    command = [*compiler.command, *others, str(source), "-o", str(target), *libraries]
    try:
        with _TURNS:
            status, said = _run(command)
    except OSError as error:
        raise NoCompilerError(f"{compiler.command[0]} cannot be run: {error}") from error
    if status:
        first = "\n".join(said.strip().splitlines()[:5])
        raise NoCompilerError(f"{compiler.command[0]} fails with status {status}: {first}")


def _run(command: Sequence[str]) -> tuple[int, str]:
    """Status and error text of a command, which a program that ends takes along."""
    with _STARTING:  # between its start and its entry nobody could stop it
        if _ENDING.is_set():
            raise NoCompilerError("the program ends")
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        _RUNNING[process] = os.getpid()
    try:
        said = process.communicate()[1]
    except BaseException:
        _stop(process)
        raise
    finally:
        del _RUNNING[process]
    return process.returncode, said


def _stop(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)  # the compiler's own children too


@atexit.register
def _stop_all() -> None:
    """Nothing goes on compiling for a program that has ended."""
    _ENDING.set()
    if _STARTING.acquire(timeout=1.0):  # in a forked child its owner may be gone
        _STARTING.release()
    for process, owner in list(_RUNNING.items()):
        if owner == os.getpid():  # a forked child inherits the table, not the children
            _stop(process)
