"""How the validators of a config say what is wrong: a sentence, what was expected, how to mend it.

pydantic carries a complaint to the place it belongs to; ``sentences.py`` turns it into a fault with
a line and a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Path = tuple[str | int, ...]

KIND = "complaint"


def complaint(
    problem: str,
    *,
    expected: str = "",
    nearest: str = "",
    reason: str = "",
    remedy: str = "",
    at: Path | None = None,
    on_key: bool = False,
) -> PydanticCustomError:
    """An error to raise in a validator, or to add to :class:`Complaints`.

    ``at`` is the full path of the place at fault where that is not the one under validation;
    ``on_key`` says that the key itself is wrong, not its value.
    """
    told = {
        "problem": problem,
        "expected": expected,
        "nearest": nearest,
        "reason": reason,
        "remedy": remedy or (f"write {nearest}" if nearest else ""),
        "at": at,
        "on_key": on_key,
    }
    return PydanticCustomError(KIND, "{problem}", told)


class Complaints:
    """Gathers complaints, each with its path below the value under validation.

    >>> complaints = Complaints()
    >>> with complaints.gathered("width"):
    ...     raise complaint("out of range")
    >>> complaints.refuse()
    Traceback (most recent call last):
    pydantic_core._pydantic_core.ValidationError: 1 validation error for config
    width
      out of range [type=complaint, input_value=None, input_type=NoneType]
    """

    def __init__(self) -> None:
        """Begin without a complaint."""
        self._details: list[InitErrorDetails] = []

    def add(self, error: PydanticCustomError, *path: str | int) -> None:
        """Add one, about the value at ``path``."""
        self._details.append(InitErrorDetails(type=error, loc=path, input=None))

    @contextmanager
    def gathered(self, *path: str | int) -> Iterator[None]:
        """Add what the block raises, and go on behind it."""
        try:
            yield
        except PydanticCustomError as error:
            self.add(error, *path)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                self.add(
                    _again(item["type"], item.get("ctx", {}), item["msg"]), *path, *item["loc"]
                )

    def refuse(self) -> None:
        """Raise all at once; do nothing if there are none."""
        if self._details:
            raise ValidationError.from_exception_data("config", self._details)


def _again(kind: str, told: Mapping[str, Any], message: str) -> PydanticCustomError:
    return (
        PydanticCustomError(KIND, "{problem}", dict(told)) if kind == KIND else complaint(message)
    )
