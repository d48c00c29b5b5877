"""What a conformance check found, for people and for tests."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One promise and what was found against it."""

    promise: str
    """The name of the check."""
    about: str
    """What is promised, in a sentence."""
    faults: tuple[str, ...]
    """Every breach, in words; empty where the promise is kept."""

    @property
    def kept(self) -> bool:
        """Whether nothing was found against it."""
        return not self.faults

    def __str__(self) -> str:
        """One line, and one more for each of the first breaches."""
        shown = [f"      {fault}" for fault in self.faults[:_SHOWN]]
        if len(self.faults) > _SHOWN:
            shown.append(f"      and {len(self.faults) - _SHOWN} more")
        return "\n".join(
            [f"{'kept  ' if self.kept else 'BROKEN'} {self.promise}: {self.about}", *shown]
        )


@dataclass(frozen=True)
class Report:
    """The findings of all checks of one optimizer."""

    method: str
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether every promise is kept."""
        return all(finding.kept for finding in self.findings)

    @property
    def broken(self) -> tuple[str, ...]:
        """The names of the promises that are not kept."""
        return tuple(finding.promise for finding in self.findings if not finding.kept)

    def require(self) -> None:
        """Raise AssertionError with the whole report unless every promise is kept."""
        if not self.passed:
            raise AssertionError(f"\n{self}")

    def __str__(self) -> str:
        """The report as a terminal shows it."""
        kept = sum(finding.kept for finding in self.findings)
        title = f"{self.method}: {kept} of {len(self.findings)} promises kept"
        return "\n".join([title, *(f"  {finding}" for finding in self.findings)])
