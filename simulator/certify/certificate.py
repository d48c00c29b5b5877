"""A certificate: what is claimed of a problem, and the cover that lets anyone check it; a small JSON file."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from simulator.certify.boxes import Array
from simulator.certify.cover import MOST_COORDINATES, Codes, packed, unpacked
from simulator.errors import InputError, SimulatorError
from simulator.experiment.config import experiment_from, problem_part
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.problem import Problem

FORMAT: Final = 1

#: Certificates that come with the program, and those that people have made, found by their problem.
SHIPPED: Final = Path(__file__).parent / "certificates"
MADE: Final = Path("results") / "certificates"

#: A file larger than this is no certificate.
_LARGEST_BYTES: Final = 100_000_000


class CertificateError(InputError):
    """A file that is no certificate, or one for something else."""


class Refuted(SimulatorError):
    """A certificate does not prove what it claims; the message says where it fails."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """The claim that a problem's least loss lies in [lower, upper], and its proof.

    Attributes:
        name: of the experiment.
        settings: what defines the problem, as a config would say it.
        problem_hash, fingerprint: of the problem, and of the operations of its loss.
        knobs: names of the coordinates.
        point: in the unit box, where the loss is at most ``upper``.
        recipe: the same in the knobs' units, for people.
        lower: the loss is nowhere below it in the unit box.
        upper: the loss at the point is not above it.
        within: the tolerance that was asked for; the claim is a proof if upper − lower ≤ within.
        reason: why a search ended before that, or None: "boxes", "time", "memory", "rounding", "interrupted".
        codes: the cover, see `cover`.
        boxes, seconds, dialect: what the search examined, took and computed with.
    """

    name: str
    settings: Mapping[str, Any]
    problem_hash: str
    fingerprint: str
    knobs: tuple[str, ...]
    point: tuple[float, ...]
    recipe: Mapping[str, float]
    lower: float
    upper: float
    within: float
    reason: str | None
    codes: Codes
    boxes: int
    seconds: float
    dialect: str

    @property
    def proved(self) -> bool:
        """Whether the bracket is as narrow as was asked for."""
        return self.reason is None and self.upper - self.lower <= self.within

    @property
    def x(self) -> Array:
        """The point as an array."""
        return np.array(self.point)

    def problem(self) -> Problem:
        """The coffee problem it speaks of. Raises ConfigError for settings that describe none."""
        return Problem(experiment_from({"name": self.name} | dict(self.settings), "certificate"))

    def to_json(self) -> dict[str, Any]:
        """As one JSON object with a checksum."""
        body = asdict(self) | {"codes": packed(self.codes), "format": FORMAT}
        body |= {"knobs": list(self.knobs), "point": list(self.point)}
        return body | {"checksum": canonical_hash(body)}


def certificate_of(
    problem: Problem, point: Array, lower: float, upper: float, **rest: Any
) -> Certificate:
    """A certificate about a problem; ``rest`` are the fields that problem and point do not tell."""
    experiment = problem.experiment
    return Certificate(
        name=experiment.name,
        settings=problem_part(experiment),
        problem_hash=problem.hash,
        fingerprint=problem.fingerprint,
        knobs=problem.knobs,
        point=tuple(float(coordinate) for coordinate in point),
        recipe=problem.recipe(point),
        lower=lower,
        upper=upper,
        **rest,
    )


def write(certificate: Certificate, path: Path) -> None:
    """Write a certificate; a file that was there is replaced at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    text = json.dumps(certificate.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


def read(path: Path) -> Certificate:
    """Read a certificate.

    Raises CertificateError for a file that is none, Refuted for one that was changed after it was made.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise CertificateError(f"{path}: not a certificate: it is larger than 100 MB")
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CertificateError(f"{path}: cannot be read as a certificate: {error}") from None
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        expected = f"a JSON object of format {FORMAT}, as `simulator certify` writes it"
        raise CertificateError(f"{path}: not a certificate; expected {expected}")
    try:
        checksum = canonical_hash({key: part for key, part in body.items() if key != "checksum"})
    except (TypeError, ValueError, RecursionError) as error:
        raise CertificateError(f"{path}: not a certificate: {error}") from None
    if body.get("checksum") != checksum:
        raise Refuted(
            f"{path}: was changed after it was made: its checksum does not fit its content"
        )
    return _from_json(body, path)


def _from_json(body: Mapping[str, Any], path: Path) -> Certificate:
    try:
        fields = {key: body[key] for key in Certificate.__dataclass_fields__}
        fields["codes"] = unpacked(fields["codes"])
        fields["knobs"], fields["point"] = tuple(fields["knobs"]), tuple(fields["point"])
        numbers = [*fields["point"], fields["lower"], fields["upper"], fields["within"]]
        fine = all(isinstance(x, int | float) and math.isfinite(x) for x in numbers)
        if not fine or not 0 < len(fields["point"]) == len(fields["knobs"]) <= MOST_COORDINATES:
            raise ValueError("its numbers are not finite, or the point does not fit the knobs")
        return Certificate(**fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CertificateError(f"{path}: not a certificate: {error}") from None


def find(problem: Problem, folders: tuple[Path, ...] = (MADE, SHIPPED)) -> Certificate | None:
    """The narrowest certificate about a problem in some folders; one of another model's arithmetic is none.

    It is taken at its word: `verification.verify` checks it.
    """
    found: list[Certificate] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.json"))):
        try:
            # Most files speak of other problems: that is seen without unpacking them.
            if problem.hash not in path.read_text(encoding="utf-8"):
                continue
            certificate = read(path)
        except (SimulatorError, OSError, ValueError):
            continue
        if certificate.problem_hash == problem.hash:
            found.append(certificate)
    fitting = [one for one in found if one.fingerprint == problem.fingerprint]
    return min(fitting, key=lambda one: one.upper - one.lower, default=None)
