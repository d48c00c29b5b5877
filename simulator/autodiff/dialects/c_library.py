"""Compiled libraries, kept in the user's cache folder under the hash of everything they depend on.

The folder is `perfect-cup` in XDG_CACHE_HOME or `~/.cache`. Only its owner may enter it; a folder or file
that belongs to somebody else, or that others may write, is not touched: code is loaded from there.
"""

from __future__ import annotations

import atexit
import ctypes
import hashlib
import os
import shutil
import stat
import sys
import tempfile
import warnings
from collections.abc import Sequence
from functools import lru_cache
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final

import numpy as np

from simulator.autodiff.dialects.c_compiler import (
    Compiler,
    CompilerWarning,
    NoCompilerError,
    compile_c,
    find_compiler,
    flags_of_extension,
    flags_to_try,
    machine,
)

#: Libraries kept; the oldest go first. A library takes some 50 kB.
_KEPT: Final = 500


def load_library(source: str, operations: int, lanes: int | None = None) -> ctypes.CDLL:
    """The C text as a loaded library, compiled unless it has been before.

    Args:
        source: C that stands on its own.
        operations: how long the program is; long ones are optimized less.
        lanes: how many recipes a register holds; as many as there is room for, if left out.

    Raises:
        NoCompilerError: there is no compiler, or it refuses the text.
    """
    path = _built(source, flags_to_try(operations, lanes), find_compiler())
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise NoCompilerError(f"{path} cannot be loaded: {error}") from error


def library_is_built(source: str, operations: int, lanes: int | None = None) -> bool:
    """True if `load_library` would find it in the cache.

    Raises:
        NoCompilerError: there is no compiler.
    """
    return _cached(source, flags_to_try(operations, lanes), find_compiler()) is not None


def load_extension(name: str, source: str) -> Any:
    """The C text as a loaded Python extension module.

    Raises:
        NoCompilerError: there is no compiler, or Python's or NumPy's headers are not installed.
    """
    path = str(_built(_extension_text(source), flags_of_extension(), find_compiler()))
    loader = ExtensionFileLoader(name, path)
    spec = spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    try:
        module = module_from_spec(spec)
        loader.exec_module(module)
    except ImportError as error:
        raise NoCompilerError(f"{path} cannot be loaded: {error}") from error
    return module


def extension_is_built(source: str) -> bool:
    """True if `load_extension` would find it in the cache.

    Raises:
        NoCompilerError: there is no compiler.
    """
    text = _extension_text(source)
    return _cached(text, flags_of_extension(), find_compiler()) is not None


def _extension_text(source: str) -> str:
    return f"/* {np.__version__} {sys.version} */\n{source}"


def _cached(source: str, tries: Sequence[tuple[str, ...]], compiler: Compiler) -> Path | None:
    files = (_folder() / f"{_key(source, flags, compiler)}.so" for flags in tries)
    return next((file for file in files if _is_ours(file)), None)


def _built(source: str, tries: Sequence[tuple[str, ...]], compiler: Compiler) -> Path:
    """The library's file, from the cache if one of the flags to try has been used before."""
    cached = _cached(source, tries, compiler)
    if cached is not None:
        return cached
    folder = _folder()
    for number, flags in enumerate(tries):
        file = folder / f"{_key(source, flags, compiler)}.so"
        try:
            _compile_into(file, source, flags, compiler)
        except NoCompilerError:
            if number + 1 == len(tries):
                raise
        else:
            _forget_oldest(folder)
            return file
    raise AssertionError("there is always something to try")


def _key(source: str, flags: Sequence[str], compiler: Compiler) -> str:
    parts = (source, *flags, *compiler.command, compiler.identity, machine())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _compile_into(file: Path, source: str, flags: Sequence[str], compiler: Compiler) -> None:
    # A folder of its own, then one rename: other processes see the whole library or none.
    with tempfile.TemporaryDirectory(dir=file.parent) as name:
        text, library = Path(name, "program.c"), Path(name, "program.so")
        text.write_text(source, encoding="utf-8")
        compile_c(compiler, flags, text, library)
        library.chmod(0o700)
        library.replace(file)


def _folder() -> Path:
    """The cache folder, or a passing one where the cache cannot be used."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if Path(home).is_absolute() else Path("~/.cache").expanduser()
    folder = base / "perfect-cup"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        why = _unsafe(folder, stat.S_ISDIR)
        if why is None and not os.access(folder, os.W_OK | os.X_OK):
            why = "cannot be written"
    except OSError as error:
        why = f"cannot be used ({error.strerror})"
    if why is None:
        return folder
    return _passing_folder(f"the cache folder {folder} {why}; compiling anew every time")


@lru_cache(maxsize=4)
def _passing_folder(why: str) -> Path:
    """A private folder that goes when Python does; says why, once."""
    warnings.warn(why, CompilerWarning, stacklevel=2)
    folder = tempfile.mkdtemp(prefix="perfect-cup-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _is_ours(file: Path) -> bool:
    """True for a library that nobody else can have written."""
    try:
        return _unsafe(file, stat.S_ISREG) is None
    except OSError:
        return False


def _unsafe(path: Path, is_kind: Any) -> str | None:
    """Why a path is not to be trusted; None if it is. Links are not followed."""
    found = path.lstat()
    if not is_kind(found.st_mode):
        return "is something else"
    if found.st_uid != os.geteuid():
        return "belongs to somebody else"
    return "can be written by others" if found.st_mode & 0o022 else None


def _forget_oldest(folder: Path) -> None:
    aged = []
    for file in folder.glob("*.so"):
        try:
            aged.append((file.stat().st_mtime, file))
        except OSError:
            continue  # another process was quicker
    for _, file in sorted(aged)[:-_KEPT]:
        file.unlink(missing_ok=True)
