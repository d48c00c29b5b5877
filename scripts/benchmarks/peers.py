"""Other engines, given the operations that the model's own code does, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks.compiled_peers import casadi, jax
from benchmarks.eager_peers import autograd, micrograd, torch
from benchmarks.peer import Function, Peer

JAX, CASADI = "JAX, jitted", "CasADi, its own buffers"
MICROGRAD, AUTOGRAD, TORCH = "micrograd", "autograd", "PyTorch, eager"

#: The packages that are compared with, as installed by the `bench` extra.
PACKAGES = ("jax", "optax", "torch", "casadi", "autograd", "micrograd")


def peers(lines: Sequence[str], size: int) -> tuple[dict[str, Peer], list[str]]:
    """The engines that are installed, by name, and a line about each that is not.

    Args:
        lines: the model, as `benchmarks.written.written` has it.
        size: how many numbers go in.
    """
    found, missing = {}, []
    makers = {JAX: jax, CASADI: casadi, TORCH: torch, AUTOGRAD: autograd, MICROGRAD: micrograd}
    for name, make in makers.items():
        try:
            found[name] = make(name, lines, size)
        except ImportError as error:
            missing.append(f"{name}: skipped, {error.name} is not installed (scripts/setup bench)")
    return found, missing


def check(peer: Peer, ours: Function, points: Any) -> None:
    """An engine is timed only if its value and gradient are ours.

    Raises:
        AssertionError: they are not.
    """
    for x in points:
        value, slope = ours(x)
        got, slopes = peer.one(x)
        np.testing.assert_allclose(got, value, rtol=1e-12, err_msg=peer.name)
        np.testing.assert_allclose(slopes, slope, rtol=1e-9, atol=1e-12, err_msg=peer.name)
    if peer.batch:
        got, slopes = peer.batch(np.array(points).T)
        np.testing.assert_allclose(got, [ours(x)[0] for x in points], rtol=1e-12)
        expected = np.array([ours(x)[1] for x in points]).T
        np.testing.assert_allclose(slopes, expected, rtol=1e-9, atol=1e-12)


def versions() -> dict[str, str]:
    """Package → installed version, of those that are."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except ImportError:
            continue
    return found
