"""Mutants that change nothing anybody could observe: a list, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from mutants.changes import Mutant


def without_equivalent(mutants: Sequence[Mutant], listed: Path) -> list[Mutant]:
    """The mutants that are not on the list.

    An entry has ``file``, ``line`` (its text), ``change`` (a text or a list) and ``why``. Raises ValueError
    if one of a file whose mutants are given here names none of them: the line it was about has changed.
    """
    aside = set()
    files = {mutant.file for mutant in mutants}
    known = {(mutant.file, mutant.line, mutant.change) for mutant in mutants}
    for entry in yaml.safe_load(listed.read_text("utf-8")):
        if not entry["why"].strip():
            raise ValueError(f"{listed}: why is a mutant of this line equivalent? {entry['line']}")
        changes = entry["change"] if isinstance(entry["change"], list) else [entry["change"]]
        for change in changes:
            name = entry["file"], entry["line"], change
            if entry["file"] in files and name not in known:
                raise ValueError(f"{listed}: there is no such mutant (any more): {name}")
            aside.add(name)
    return [each for each in mutants if (each.file, each.line, each.change) not in aside]
