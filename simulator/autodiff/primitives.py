"""The table: everything the engine knows about each elementary operation, one row each.

A row says the operation's *value* (the NumPy or SciPy ufunc), one *pull* per operand and its
*spelling* in the dialects that programs are emitted in. A pull is the product of an incoming
adjoint ``g`` with a partial derivative: ``pull(g, y, *operands) = g · ∂y/∂operand``. It is plain
NumPy arithmetic, so one pull serves numbers (the step-by-step walk), traced scalars (backprop, which
can then be differentiated again) and both directions: reverse mode hands it adjoints, forward mode
tangents, and ``pull(1, …)`` is the local partial derivative itself.

In a spelling ``{0}``, ``{1}`` … stand for the operands, always names, constants or bracketed expressions.
C functions that begin with ``v_`` are those of `c/arithmetic.h`.

Where a derivative does not exist the row takes a subgradient and says which: ``abs`` and ``sign`` take
0 at 0; ``maximum`` and ``minimum`` give everything to the first operand at a tie; ``hypot`` takes 0 at
the origin; ``floor``, ``ceil`` and comparisons have derivative 0 everywhere.
"""

from __future__ import annotations

import importlib
import math
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from scipy import special

from simulator.autodiff import tails

Pull = Callable[..., Any]


@dataclass(frozen=True, eq=False, repr=False)
class Primitive:
    """One elementary operation on scalars; call it on numbers, arrays or traced values.

    Attributes:
        name: unique name, as in NumPy or SciPy.
        value: the function of numbers and arrays.
        pulls: per operand, ``(g, y, *operands) -> g · ∂y/∂operand``, or None where that is 0.
        text: how it prints; ``{0}``, ``{1}`` … stand for the operands.
        spelling: dialect name → expression template. Without one, Python and NumPy call ``value``, and
            C and JavaScript call a definition written out from `special_functions`.
        commutative: operands may be exchanged without changing a bit of the result.
        truth: the result is a truth value.
        logic: so are the operands (of ``where``: the first).
        module: where a user's own primitive was made.
    """

    name: str
    value: Callable[..., Any]
    pulls: tuple[Pull | None, ...]
    text: str
    spelling: Mapping[str, str] = field(default_factory=dict)
    commutative: bool = False
    truth: bool = False
    logic: bool = False
    module: str = __name__

    def __call__(self, *operands: Any) -> Any:
        """Apply to numbers, arrays, traced scalars or arrays of them."""
        for operand in operands:
            record = getattr(type(operand), "__record__", None)
            if record is not None:
                return record(self, *operands)
        return self.value(*operands)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        if TABLE.get(self.name) is self:
            return by_name, (self.name,)
        for attribute, thing in vars(sys.modules.get(self.module)).items():
            if thing is self:
                return in_module, (self.module, attribute)
        raise pickle.PicklingError(
            f"primitive {self.name!r} can be pickled only if a module holds it: "
            f"assign it at the top level of {self.module or 'a module'}"
        )


LN2: Final = math.log(2.0)
LN10: Final = math.log(10.0)
INV_SQRT_2PI: Final = 1.0 / math.sqrt(2.0 * math.pi)
TWO_OVER_SQRT_PI: Final = 2.0 / math.sqrt(math.pi)
SQRT_2_OVER_PI: Final = math.sqrt(2.0 / math.pi)
INV_SQRT_2: Final = 1.0 / math.sqrt(2.0)


def _only_where(condition: Any, g: Any) -> Any:
    """``g`` where the condition holds, else nothing: the sweep carries it as a mask, never as a product."""
    return np.where(condition, g, 0.0)


def _power(a: Any, b: Any) -> Any:
    # Of a scalar and an exponent ½ NumPy's power makes a square root, which differs at −0 and −∞.
    arrays = isinstance(a, np.ndarray) or isinstance(b, np.ndarray)
    return np.power(a, b) if arrays else np.float_power(a, b)


def _power_base(g: Any, y: Any, a: Any, b: Any) -> Any:
    # b == 0 makes the power constant; 0 · a**(-1) would be NaN at a = 0.
    return g * np.where(b == 0.0, 0.0, b * a ** np.where(b == 0.0, 1.0, b - 1.0))


def _power_exponent(g: Any, y: Any, a: Any, b: Any) -> Any:
    # At a = 0 the power does not change with a positive exponent; 0 · log 0 would be NaN.
    flat = (a == 0.0) & (b > 0.0)
    return _only_where(np.logical_not(flat), g * (y * np.log(a)))


def _build() -> dict[str, Primitive]:
    rows: dict[str, Primitive] = {}

    def row(
        name: str,
        value: Callable[..., Any],
        *pulls: Pull | None,
        text: str | None = None,
        python: str | None = None,
        c: str | None = None,
        javascript: str | None = None,
        commutative: bool = False,
        truth: bool = False,
        logic: bool = False,
    ) -> None:
        slots = ", ".join(f"{{{i}}}" for i in range(len(pulls)))
        spelled = {"python": python, "c": c, "javascript": javascript}
        spelling = MappingProxyType({dialect: it for dialect, it in spelled.items() if it})
        rows[name] = Primitive(
            name, value, pulls, text or f"{name}({slots})", spelling, commutative, truth, logic
        )

    # fmt: off
    # arithmetic
    row("identity",    np.positive,       lambda g, y, x: g,                                   text="{0}",         python="{0}", c="{0}", javascript="{0}")
    row("negative",    np.negative,       lambda g, y, x: -g,                                  text="-{0}",        python="-{0}", c="-{0}", javascript="-{0}")
    row("add",         np.add,            lambda g, y, a, b: g,     lambda g, y, a, b: g,      text="{0} + {1}",   python="{0} + {1}", c="{0} + {1}", javascript="{0} + {1}", commutative=True)
    row("subtract",    np.subtract,       lambda g, y, a, b: g,     lambda g, y, a, b: -g,     text="{0} - {1}",   python="{0} - {1}", c="{0} - {1}", javascript="{0} - {1}")
    row("multiply",    np.multiply,       lambda g, y, a, b: g * b, lambda g, y, a, b: g * a,  text="{0} * {1}",   python="{0} * {1}", c="{0} * {1}", javascript="{0} * {1}", commutative=True)
    row("divide",      np.divide,         lambda g, y, a, b: g / b, lambda g, y, a, b: -(g / b * y), text="{0} / {1}", python="{0} / {1}", c="{0} / {1}", javascript="{0} / {1}")
    row("power",       _power,            _power_base,              _power_exponent,           text="{0} ** {1}",  python="pow({0}, {1})", c="v_power({0}, {1})", javascript="power({0}, {1})")
    row("remainder",   np.remainder,      lambda g, y, a, b: g,     lambda g, y, a, b: -(g * np.floor(a / b)), text="{0} % {1}", python="{0} % {1}")
    row("fmod",        np.fmod,           lambda g, y, a, b: g,     lambda g, y, a, b: -(g * np.trunc(a / b)), python="fmod({0}, {1})", c="v_fmod({0}, {1})", javascript="{0} % {1}")
    row("floor_divide", np.floor_divide,  None,                     None,                      text="{0} // {1}", python="{0} // {1}")
    # exponentials and logarithms
    row("exp",         np.exp,            lambda g, y, x: g * y,                               python="exp({0})", c="v_exp({0})", javascript="Math.exp({0})")
    row("expm1",       np.expm1,          lambda g, y, x: g * np.exp(x),                       python="expm1({0})", c="v_expm1({0})", javascript="Math.expm1({0})")
    row("exp2",        np.exp2,           lambda g, y, x: g * (y * LN2),                       python="exp2({0})", c="v_exp2({0})", javascript="Math.pow(2, {0})")
    row("log",         np.log,            lambda g, y, x: g / x,                               python="log({0})", c="v_log({0})", javascript="Math.log({0})")
    row("log1p",       np.log1p,          lambda g, y, x: g / (1.0 + x),                       python="log1p({0})", javascript="Math.log1p({0})")
    row("log2",        np.log2,           lambda g, y, x: g / (x * LN2),                       python="log2({0})", c="v_log2({0})", javascript="Math.log2({0})")
    row("log10",       np.log10,          lambda g, y, x: g / (x * LN10),                      python="log10({0})", c="v_log10({0})", javascript="Math.log10({0})")
    row("logaddexp",   np.logaddexp,      lambda g, y, a, b: g * special.expit(a - b), lambda g, y, a, b: g * special.expit(b - a), python="logaddexp({0}, {1})", commutative=True)
    # roots
    row("sqrt",        np.sqrt,           lambda g, y, x: 0.5 * g / y,                         python="sqrt({0})", c="v_sqrt({0})", javascript="Math.sqrt({0})")
    row("cbrt",        np.cbrt,           lambda g, y, x: g / (3.0 * (y * y)),                 python="cbrt({0})", c="v_cbrt({0})", javascript="Math.cbrt({0})")
    row("hypot",       np.hypot,          lambda g, y, a, b: _only_where(y != 0.0, g * (a / y)), lambda g, y, a, b: _only_where(y != 0.0, g * (b / y)), python="hypot({0}, {1})", c="v_hypot({0}, {1})", javascript="Math.hypot({0}, {1})", commutative=True)
    # circular
    row("sin",         np.sin,            lambda g, y, x: g * np.cos(x),                       python="sin({0})", c="v_sin({0})", javascript="Math.sin({0})")
    row("cos",         np.cos,            lambda g, y, x: -(g * np.sin(x)),                    python="cos({0})", c="v_cos({0})", javascript="Math.cos({0})")
    row("tan",         np.tan,            lambda g, y, x: g * (1.0 + y * y),                   python="tan({0})", c="v_tan({0})", javascript="Math.tan({0})")
    row("arcsin",      np.arcsin,         lambda g, y, x: g / np.sqrt((1.0 - x) * (1.0 + x)),  python="asin({0})", c="v_arcsin({0})", javascript="Math.asin({0})")
    row("arccos",      np.arccos,         lambda g, y, x: -(g / np.sqrt((1.0 - x) * (1.0 + x))), python="acos({0})", c="v_arccos({0})", javascript="Math.acos({0})")
    row("arctan",      np.arctan,         lambda g, y, x: g / (1.0 + x * x),                   python="atan({0})", c="v_arctan({0})", javascript="Math.atan({0})")
    row("arctan2",     np.arctan2,        lambda g, y, a, b: g / np.hypot(a, b) * (b / np.hypot(a, b)), lambda g, y, a, b: -(g / np.hypot(a, b) * (a / np.hypot(a, b))), python="atan2({0}, {1})", c="v_arctan2({0}, {1})", javascript="Math.atan2({0}, {1})")
    # hyperbolic
    row("sinh",        np.sinh,           lambda g, y, x: g * np.cosh(x),                      python="sinh({0})", javascript="Math.sinh({0})")
    row("cosh",        np.cosh,           lambda g, y, x: g * np.sinh(x),                      python="cosh({0})", javascript="Math.cosh({0})")
    row("tanh",        np.tanh,           lambda g, y, x: g / np.cosh(x) / np.cosh(x),         python="tanh({0})", javascript="Math.tanh({0})")
    row("arcsinh",     np.arcsinh,        lambda g, y, x: g / np.hypot(x, 1.0),                python="asinh({0})", javascript="Math.asinh({0})")
    row("arccosh",     np.arccosh,        lambda g, y, x: g / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0)), python="acosh({0})", javascript="Math.acosh({0})")
    row("arctanh",     np.arctanh,        lambda g, y, x: g / ((1.0 - x) * (1.0 + x)),         python="atanh({0})", javascript="Math.atanh({0})")
    # kinks and steps
    row("absolute",    np.absolute,       lambda g, y, x: g * np.sign(x),                      text="abs({0})",    python="fabs({0})", c="v_absolute({0})", javascript="Math.abs({0})")
    row("sign",        np.sign,           None,                                                python="(copysign(1.0, {0}) if {0} and {0} == {0} else {0} + 0.0)", c="v_sign({0})", javascript="(Math.sign({0}) + 0)")
    row("floor",       np.floor,          None,                                                python="copysign(floor({0}), {0})", c="v_floor({0})", javascript="Math.floor({0})")
    row("ceil",        np.ceil,           None,                                                python="copysign(ceil({0}), {0})", c="v_ceil({0})", javascript="Math.ceil({0})")
    row("trunc",       np.trunc,          None,                                                python="copysign(trunc({0}), {0})", c="v_trunc({0})", javascript="Math.trunc({0})")
    row("rint",        np.rint,           None,                                                python="copysign(round({0}), {0})", c="v_rint({0})", javascript="rint({0})")
    row("maximum",     np.maximum,        lambda g, y, a, b: _only_where(a >= b, g), lambda g, y, a, b: _only_where(np.logical_not(a >= b), g), text="max({0}, {1})", python="({0} if {0} >= {1} or {0} != {0} else {1})", c="v_maximum({0}, {1})", javascript="({0} >= {1} || {0} !== {0} ? {0} : {1})")
    row("minimum",     np.minimum,        lambda g, y, a, b: _only_where(a <= b, g), lambda g, y, a, b: _only_where(np.logical_not(a <= b), g), text="min({0}, {1})", python="({0} if {0} <= {1} or {0} != {0} else {1})", c="v_minimum({0}, {1})", javascript="({0} <= {1} || {0} !== {0} ? {0} : {1})")
    row("where",       np.where,          None, lambda g, y, c, a, b: _only_where(c, g), lambda g, y, c, a, b: _only_where(np.logical_not(c), g), text="where({0}, {1}, {2})", python="({1} if {0} else {2})", c="v_where({0}, {1}, {2})", javascript="({0} ? {1} : {2})", logic=True)
    # the error function and its relatives, logistic functions
    row("erf",         special.erf,       lambda g, y, x: g * (TWO_OVER_SQRT_PI * np.exp(-(x * x))),  python="erf({0})")
    row("erfc",        tails.erfc,        lambda g, y, x: -(g * (TWO_OVER_SQRT_PI * np.exp(-(x * x)))), python="erfc({0})")
    row("erfcx",       tails.erfcx,     lambda g, y, x: g * (2.0 * x * y - TWO_OVER_SQRT_PI),  python="erfcx({0})")
    row("ndtr",        tails.ndtr,       lambda g, y, x: g * (INV_SQRT_2PI * np.exp(-0.5 * (x * x))), python=f"(0.5 * erfc({{0}} * {-INV_SQRT_2!r}) if {{0}} > -1.0 else ndtr({{0}}))")
    row("log_ndtr",    tails.log_ndtr,   lambda g, y, x: g * (SQRT_2_OVER_PI / special.erfcx(-x * INV_SQRT_2)), python="log_ndtr({0})")
    row("expit",       special.expit,     lambda g, y, x: g * (y * special.expit(-x)),         python="1.0 / (1.0 + exp(-({0})))")
    row("logit",       special.logit,     lambda g, y, x: g / (x * (1.0 - x)))
    row("log_expit",   special.log_expit, lambda g, y, x: g * special.expit(-x),              python="log_expit({0})")
    # gamma family, entropy terms
    row("gammaln",     tails.gammaln,     lambda g, y, x: g * special.digamma(x),             python="gammaln({0})")
    row("digamma",     special.digamma,   lambda g, y, x: g * TABLE["polygamma"](1.0, x))
    row("polygamma",   special.polygamma, None, lambda g, y, n, x: g * TABLE["polygamma"](n + 1.0, x))
    row("xlogy",       special.xlogy,     lambda g, y, a, b: g * np.log(b), lambda g, y, a, b: _only_where(a != 0.0, g * (a / b)), python="xlogy({0}, {1})")
    row("xlog1py",     special.xlog1py,   lambda g, y, a, b: g * np.log1p(b), lambda g, y, a, b: _only_where(a != 0.0, g * (a / (1.0 + b))), python="xlog1py({0}, {1})")
    # comparisons and logic: truth values
    for name, value, sign in (("less", np.less, "<"), ("less_equal", np.less_equal, "<="), ("greater", np.greater, ">"), ("greater_equal", np.greater_equal, ">="), ("equal", np.equal, "=="), ("not_equal", np.not_equal, "!=")):
        javascript = {"==": "===", "!=": "!=="}.get(sign, sign)
        row(name, value, None, None, text=f"{{0}} {sign} {{1}}", python=f"{{0}} {sign} {{1}}", c=f"(truth)({{0}} {sign} {{1}})", javascript=f"{{0}} {javascript} {{1}}", truth=True)
    row("logical_and", np.logical_and,    None, None, text="{0} and {1}", python="{0} and {1}", c="{0} & {1}", javascript="{0} && {1}", commutative=True, truth=True, logic=True)
    row("logical_or",  np.logical_or,     None, None, text="{0} or {1}",  python="{0} or {1}",  commutative=True, c="{0} | {1}", javascript="{0} || {1}", truth=True, logic=True)
    row("logical_not", np.logical_not,    None,       text="not {0}",     python="not {0}", c="~{0}", javascript="!{0}", truth=True, logic=True)
    row("isnan",       np.isnan,          None,       python="isnan({0})", c="v_isnan({0})", javascript="Number.isNaN({0})", truth=True)
    row("isfinite",    np.isfinite,       None,       python="isfinite({0})", c="v_isfinite({0})", javascript="Number.isFinite({0})", truth=True)
    # fmt: on
    return rows


TABLE: Final[Mapping[str, Primitive]] = MappingProxyType(_build())


def by_name(name: str) -> Primitive:
    """The table's row of that name; KeyError if there is none."""
    return TABLE[name]


def in_module(module: str, attribute: str) -> Primitive:
    """A user's primitive that a module holds."""
    found: Primitive = getattr(importlib.import_module(module), attribute)
    return found


#: NumPy and SciPy functions that call a row under another name.
BY_UFUNC: Final[Mapping[Any, Primitive]] = MappingProxyType(
    {p.value: p for p in TABLE.values()}
    | {
        np.fabs: TABLE["absolute"],
        np.power: TABLE["power"],
        np.float_power: TABLE["power"],
        np.bitwise_and: TABLE["logical_and"],
        np.bitwise_or: TABLE["logical_or"],
        np.invert: TABLE["logical_not"],
        special.psi: TABLE["digamma"],
        special.erfc: TABLE["erfc"],
        special.erfcx: TABLE["erfcx"],
        special.gammaln: TABLE["gammaln"],
        special.log_ndtr: TABLE["log_ndtr"],
        special.ndtr: TABLE["ndtr"],
    }
)
