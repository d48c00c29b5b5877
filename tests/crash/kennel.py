"""Runs commands in forked children that can be killed, starved and watched without a new start-up each.

A program, not a module: ``python kennel.py small.yaml folder [faulty_disk.so]`` does a small study once, so
that everything is loaded and compiled, and then reads one JSON object a line. ``{"start": {...}}`` answers
with the child's process id, ``{"wait": pid}`` with how it ended.
"""

from __future__ import annotations

import ctypes
import gc
import io
import json
import os
import resource
import signal
import sys
import traceback
from contextlib import redirect_stdout
from functools import partial
from typing import Any, NoReturn

import noted
import typer

import simulator.cli.running as running  # loaded here, every child has it
from simulator.cli import app

NOBODY = 65534


def main() -> None:
    """Answer until the input ends."""
    config, folder, *library = sys.argv[1:]
    disk = ctypes.CDLL(library[0]) if library else None
    warm_up(config, folder)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = start(asked["start"], disk) if "start" in asked else waited(asked["wait"])
        print(json.dumps(answer), flush=True)


def warm_up(config: str, folder: str) -> None:
    """Load, build and compile what every child needs."""
    app.app = typer.main.get_command(app.app)
    with redirect_stdout(io.StringIO()):
        app.run_command(["run", config, "--no-figures", "-q", "--out", folder])
    # What is there by now is never written to by looking for garbage.
    gc.freeze()


def start(wish: dict[str, Any], disk: ctypes.CDLL | None) -> int:
    """Fork a child that does what is wished; its process id."""
    child = os.fork()
    if child == 0:
        try:
            become(wish, disk)
        except BaseException:  # noqa: BLE001 - nothing may return into the loop of the parent
            traceback.print_exc()
        os._exit(70)
    return child


def become(wish: dict[str, Any], disk: ctypes.CDLL | None) -> NoReturn:
    """Be the command: its own group, its own output, its limits and its disk."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "notes" in wish:
        compute = partial(noted.compute, wish["notes"])
        running.InProcess = partial(running.InProcess, compute=compute)
        running.LocalPool = partial(running.LocalPool, compute=compute)
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(wish[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(wish["cwd"])
    if "largest_file" in wish:
        resource.setrlimit(resource.RLIMIT_FSIZE, (wish["largest_file"],) * 2)
    if wish.get("nobody") and os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if disk is not None:
        below, nth, how, error = wish["disk"]
        disk.fault_arm(below.encode(), ctypes.c_long(nth), how, error)
    status = app.run_command(wish["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    if disk is not None:
        os.write(2, f"writes: {disk.fault_counted()}\n".encode())
    os._exit(status)


def waited(child: int) -> dict[str, float]:
    """How a child ended: its status (minus the signal, if one ended it), seconds of CPU, memory in MB."""
    _, status, used = os.wait4(child, 0)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "cpu_s": used.ru_utime + used.ru_stime,
        "memory_mb": used.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
