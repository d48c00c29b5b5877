"""What `scripts/mutate.py` is made of, importable as it has it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture
def mutated(tmp_path):
    """``mutated(text)``: change in words → text of the changed module, for every mutant of a module."""
    from mutants.changes import mutants_of

    def changed(text):
        (tmp_path / "module.py").write_text(text, encoding="utf-8")
        return {m.change: m.text(tmp_path) for m in mutants_of(tmp_path, "module.py")}

    return changed
