"""The one style of all figures: colours, line styles, fonts, sizes.

Colours are those of Okabe and Ito (2008), chosen to be told apart by people with any kind of colour
vision; its yellow is left out, because nobody sees a thin yellow line on white. No colour stands alone:
each comes with a line style and a marker, so that the figures also work in grey. matplotlib's settings
are changed inside :func:`in_style` only, never for the rest of the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import product
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

BLACK = "#000000"
GREY = "#6b6b6b"
PALE = "#ececec"

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_LINES = ("-", (0, (5, 1.6)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h", "*")

# Whose look is whose, for good: a new name goes to the end, where it changes no other. Those that are
# most often seen together come first and have a colour each.
_ROSTER = (
    "gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "l-bfgs-b",
    "slsqp", "trust-constr", "newton", "bfgs", "l-bfgs", "adamw", "conjugate-gradient",
    "barzilai-borwein", "steepest-descent", "rprop", "multistart", "averaged-sgd", "gauss-newton", "tnc",
    "nelder-mead", "powell", "cobyqa", "differential-evolution", "dual-annealing", "shgo", "direct",
)  # fmt: skip

# From espresso to milk foam: lightness rises evenly, so that it reads the same in grey; the best part
# is the lightest, and coloured paths show best where they end.
COFFEE = LinearSegmentedColormap.from_list(
    "coffee", ["#4b3527", "#7a5c45", "#a98a6c", "#d2b998", "#ecdec4", "#fcf8ee"]
)

SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "font.size": 11.0,
        "axes.titlesize": 12.0,
        "axes.titlelocation": "left",
        "axes.titlepad": 8.0,
        "axes.labelsize": 11.5,
        "xtick.labelsize": 10.5,
        "ytick.labelsize": 10.5,
        "legend.fontsize": 10.5,
        "legend.title_fontsize": 10.5,
        "legend.frameon": False,
        "legend.handlelength": 2.6,
        "axes.linewidth": 0.8,
        "axes.edgecolor": "#333333",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.color": "#e3e3e3",
        "grid.linewidth": 0.7,
        "lines.linewidth": 1.9,
        "lines.markersize": 6.5,
        "lines.markeredgewidth": 0.7,
        "lines.solid_capstyle": "round",
        "figure.dpi": 100.0,
        "savefig.dpi": 200.0,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "figure.constrained_layout.h_pad": 0.06,
        "figure.constrained_layout.w_pad": 0.06,
        "text.usetex": False,
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "perfect-cup",
        "path.simplify": True,
    }
)

_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
)


@dataclass(frozen=True)
class Look:
    """How one optimizer is drawn, in every figure."""

    colour: str
    line: Any
    """A matplotlib line style."""
    marker: str


def look_of(name: str) -> Look:
    """The look of an optimizer, from its name alone: the same in every figure of every experiment.

    A name that is not known gets a colour, a line and a marker by its letters.

    >>> look_of("adam").colour == look_of("adam").colour, look_of("my own").marker
    (True, 'h')
    """
    if name in _ROSTER:
        place = _ROSTER.index(name)
        line = _LINES[place // len(COLOURS) % len(_LINES)]
        return Look(COLOURS[place % len(COLOURS)], line, _MARKERS[place % len(_MARKERS)])
    number = int.from_bytes(sha256(name.encode("utf-8", "surrogatepass")).digest()[:8])
    number, colour = divmod(number, len(COLOURS))
    number, line_place = divmod(number, len(_LINES))
    return Look(COLOURS[colour], _LINES[line_place], _MARKERS[number % len(_MARKERS)])


def looks(labels: Iterable[str]) -> dict[str, Look]:
    """One look per label, each by its name; the order of the labels does not matter.

    Colours depend on the names alone. Of two unknown names that would look entirely alike, the one
    later in the alphabet takes another line or marker, so call it once with all labels of an experiment.

    >>> looks(["l-bfgs-b", "adam"])["adam"] == looks(["adam"])["adam"]
    True
    """
    distinct = dict.fromkeys(labels)
    taken: dict[str, Look] = {}
    for label in sorted(distinct, key=lambda name: (name not in _ROSTER, name)):
        wanted = look_of(label)
        others = (Look(wanted.colour, line, marker) for line, marker in product(_LINES, _MARKERS))
        free = (look for look in (wanted, *others) if look not in taken.values())
        taken[label] = next(free, wanted)
    return {label: taken[label] for label in distinct}


def shown(text: str, longest: int = 30) -> str:
    """A user's text as it is shown in a figure: one line, not too long, no control characters.

    >>> shown("momentum with a very long label that nobody reads")
    'momentum with a very long lab…'
    """
    line = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    # A label that starts with an underscore would be left out of a legend.
    line = f" {line}" if line.startswith("_") else line
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


@contextmanager
def in_style() -> Iterator[None]:
    """matplotlib's settings for the block: its defaults and :data:`SETTINGS`, whatever the user's are."""
    settings: Any = {**SETTINGS, "font.family": list(_fonts())}
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(settings)
        yield


@cache
def chinese_font() -> str | None:
    """The name of an installed font that has simplified Chinese characters; None if there is none."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return next((name for name in _CHINESE_FONTS if name in installed), None)


@cache
def _fonts() -> tuple[str, ...]:
    """DejaVu Sans, which comes with matplotlib, and for Chinese text a font that is really installed."""
    return ("DejaVu Sans", *filter(None, (chinese_font(),)), "sans-serif")


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure of that size that keeps its parts from overlapping. Call it :func:`in_style`."""
    return Figure(figsize=(width_in, height_in), layout="constrained")
