"""What a comparison itself took: processor seconds of each stage, added up however often it was resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

EFFORT_FILE = "effort.json"


@dataclass(frozen=True)
class Effort:
    """The account of one comparison's folder; what was killed before it was stored is not in it."""

    folder: Path

    @property
    def seconds(self) -> Mapping[str, float]:
        """Stage → processor seconds, of this process and its workers; empty if nothing ran here."""
        path = self.folder / EFFORT_FILE
        if not path.exists():
            return {}
        found: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def add(self, stage: str, seconds: float) -> None:
        """Charge a stage with what a piece of it took."""
        self.folder.mkdir(parents=True, exist_ok=True)
        account = {**self.seconds, stage: round(self.seconds.get(stage, 0.0) + seconds, 3)}
        draft = self.folder / f".{EFFORT_FILE}"
        draft.write_text(json.dumps(account, indent=1) + "\n", encoding="utf-8")
        draft.replace(self.folder / EFFORT_FILE)

    def told(self) -> str:
        """In words: all of it, and each stage.

        >>> from tempfile import mkdtemp
        >>> effort = Effort(Path(mkdtemp()))
        >>> effort.add("race", 60.0)
        >>> effort.add("noisy", 12.0)
        >>> effort.told()
        '1.2 processor-minutes (race 1.0, noisy 0.2)'
        """
        minutes = {stage: seconds / 60 for stage, seconds in self.seconds.items()}
        parts = ", ".join(f"{stage} {taken:.1f}" for stage, taken in minutes.items())
        return f"{sum(minutes.values()):.1f} processor-minutes ({parts})"
