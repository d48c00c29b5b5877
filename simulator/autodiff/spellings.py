"""How each primitive is spelled in C and in JavaScript, one row each.

``{0}``, ``{1}`` … stand for the operands, always names, constants or bracketed expressions. C functions
that begin with ``v_`` are those of `c/arithmetic.h`. `WRITTEN_OUT` means that the language lacks the
function: its definition in `special_functions` is emitted along with the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

WRITTEN_OUT: Final = "written out"


class Spelling(NamedTuple):
    """One primitive's expression templates."""

    c: str
    javascript: str


def _build() -> dict[str, Spelling]:
    rows: dict[str, Spelling] = {}

    def row(name: str, *, c: str = WRITTEN_OUT, javascript: str = WRITTEN_OUT) -> None:
        rows[name] = Spelling(c, javascript)

    # fmt: off
    # arithmetic
    row("negative",      c="-{0}",                    javascript="-{0}")
    row("add",           c="{0} + {1}",               javascript="{0} + {1}")
    row("subtract",      c="{0} - {1}",               javascript="{0} - {1}")
    row("multiply",      c="{0} * {1}",               javascript="{0} * {1}")
    row("divide",        c="{0} / {1}",               javascript="{0} / {1}")
    row("power",         c="v_power({0}, {1})",       javascript="power({0}, {1})")
    row("fmod",          c="v_fmod({0}, {1})",        javascript="{0} % {1}")
    row("remainder")
    row("floor_divide")
    # exponentials and logarithms
    row("exp",           c="v_exp({0})",              javascript="Math.exp({0})")
    row("expm1",         c="v_expm1({0})",            javascript="Math.expm1({0})")
    row("exp2",          c="v_exp2({0})",             javascript="Math.pow(2, {0})")
    row("log",           c="v_log({0})",              javascript="Math.log({0})")
    row("log1p",                                      javascript="Math.log1p({0})")
    row("log2",          c="v_log2({0})",             javascript="Math.log2({0})")
    row("log10",         c="v_log10({0})",            javascript="Math.log10({0})")
    row("logaddexp")
    # roots
    row("sqrt",          c="v_sqrt({0})",             javascript="Math.sqrt({0})")
    row("cbrt",          c="v_cbrt({0})",             javascript="Math.cbrt({0})")
    row("hypot",         c="v_hypot({0}, {1})",       javascript="Math.hypot({0}, {1})")
    # circular
    row("sin",           c="v_sin({0})",              javascript="Math.sin({0})")
    row("cos",           c="v_cos({0})",              javascript="Math.cos({0})")
    row("tan",           c="v_tan({0})",              javascript="Math.tan({0})")
    row("arcsin",        c="v_arcsin({0})",           javascript="Math.asin({0})")
    row("arccos",        c="v_arccos({0})",           javascript="Math.acos({0})")
    row("arctan",        c="v_arctan({0})",           javascript="Math.atan({0})")
    row("arctan2",       c="v_arctan2({0}, {1})",     javascript="Math.atan2({0}, {1})")
    # hyperbolic
    row("sinh",                                       javascript="Math.sinh({0})")
    row("cosh",                                       javascript="Math.cosh({0})")
    row("tanh",                                       javascript="Math.tanh({0})")
    row("arcsinh",                                    javascript="Math.asinh({0})")
    row("arccosh",                                    javascript="Math.acosh({0})")
    row("arctanh",                                    javascript="Math.atanh({0})")
    # kinks and steps
    row("absolute",      c="v_absolute({0})",         javascript="Math.abs({0})")
    row("sign",          c="v_sign({0})",             javascript="(Math.sign({0}) + 0)")
    row("floor",         c="v_floor({0})",            javascript="Math.floor({0})")
    row("ceil",          c="v_ceil({0})",             javascript="Math.ceil({0})")
    row("trunc",         c="v_trunc({0})",            javascript="Math.trunc({0})")
    row("rint",          c="v_rint({0})",             javascript="rint({0})")
    row("maximum",       c="v_maximum({0}, {1})",     javascript="({0} >= {1} || {0} !== {0} ? {0} : {1})")
    row("minimum",       c="v_minimum({0}, {1})",     javascript="({0} <= {1} || {0} !== {0} ? {0} : {1})")
    row("where",         c="v_where({0}, {1}, {2})",  javascript="({0} ? {1} : {2})")
    # the error function and its relatives, logistic functions
    row("erf")
    row("erfc")
    row("erfcx")
    row("ndtr")
    row("log_ndtr")
    row("expit")
    row("logit")
    row("log_expit")
    # gamma family, entropy terms
    row("gammaln")
    row("digamma")
    row("polygamma")
    row("xlogy")
    row("xlog1py")
    # comparisons and logic: truth values
    row("less",          c="(truth)({0} < {1})",      javascript="{0} < {1}")
    row("less_equal",    c="(truth)({0} <= {1})",     javascript="{0} <= {1}")
    row("greater",       c="(truth)({0} > {1})",      javascript="{0} > {1}")
    row("greater_equal", c="(truth)({0} >= {1})",     javascript="{0} >= {1}")
    row("equal",         c="(truth)({0} == {1})",     javascript="{0} === {1}")
    row("not_equal",     c="(truth)({0} != {1})",     javascript="{0} !== {1}")
    row("logical_and",   c="{0} & {1}",               javascript="{0} && {1}")
    row("logical_or",    c="{0} | {1}",               javascript="{0} || {1}")
    row("logical_not",   c="~{0}",                    javascript="!{0}")
    row("isnan",         c="v_isnan({0})",            javascript="Number.isNaN({0})")
    row("isfinite",      c="v_isfinite({0})",         javascript="Number.isFinite({0})")
    # fmt: on
    return rows


SPELLINGS: Final[Mapping[str, Spelling]] = MappingProxyType(_build())
