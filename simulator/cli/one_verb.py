"""A verb that refuses an option given twice, instead of silently taking the last."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand


class Verb(TyperCommand):
    """A command of the application."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as usual, after looking for options that are given twice with values."""
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        seen: set[str] = set()
        for each in given:
            if each.name in seen and _is_single(each):
                name = max(each.opts, key=len)
                raise typer.BadParameter(f"{name} is given twice; which one is meant?", ctx=ctx)
            seen.add(each.name)
        return super().parse_args(ctx, args)


def _is_single(parameter: Any) -> bool:
    """Whether a second time would contradict the first: repeating a mere flag does no harm."""
    if parameter.param_type_name != "option" or parameter.multiple or parameter.count:
        return False
    return not parameter.is_flag or bool(parameter.secondary_opts)
