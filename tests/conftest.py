"""A package with optimizers of its own, as if it were installed."""

import sys

import pytest

SIGN_RULE = '''\
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from simulator.optimizers import descend

@dataclass(frozen=True)
class Sign:
    """Every parameter moves by the same, ever shorter, length."""
    length: float = 0.1
    """How long the first step is, in (0, 1)."""
    family: ClassVar[str] = "sign"
    uses: ClassVar[str] = "gradient"

    def __post_init__(self):
        if not (isinstance(self.length, float) and 0 < self.length < 1):
            raise ValueError(f"length must be a number > 0 and < 1, got {self.length!r}")

    def init(self, x):
        return (0.0,)

    def step(self, state, x, gradient):
        return (state[0] + 1,), x - self.length * 0.97 ** state[0] * np.sign(gradient)

    def minimize(self, objective, box, starts, stopping, seeds):
        return descend(self, objective, box, starts, stopping, seeds)

class NoMethod(Sign):
    family = "scipy"
    uses = "everything"
    minimize = None
'''


@pytest.fixture
def sign_rule():
    """The text of a module with a method, Sign, and something that is none, NoMethod."""
    return SIGN_RULE


@pytest.fixture
def install_plugin(tmp_path, monkeypatch):
    """Put a distribution with entry points, and a module of its own, on the path."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def put(distribution, entries, module="", text=""):
        folder = site / f"{distribution.replace('-', '_')}-1.2.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {distribution}\nVersion: 1.2\n")
        lines = [f"{name} = {target}" for name, target in entries.items()]
        (folder / "entry_points.txt").write_text("\n".join(["[simulator.optimizers]", *lines]))
        if module:
            (site / f"{module}.py").write_text(text)
            monkeypatch.delitem(sys.modules, module, raising=False)

    return put
