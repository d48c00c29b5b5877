"""The pictures of a comparison, each with its title, its n, and two sentences on how to read it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from simulator.compare import noisy
from simulator.compare.hits import Costs
from simulator.compare.intervals import median
from simulator.compare.profiles import Profile
from simulator.compare.report import Report
from simulator.compare.running_time import running_times
from simulator.compare.sensitivity import REPEATS as SENSITIVITY_REPEATS
from simulator.figures.style import COLOURS, GREY, Look, in_style, new_figure, shown

FEATURED = (
    "newton", "bfgs", "multistart", "adam", "gradient-descent", "scipy l-bfgs-b", "scipy slsqp",
    "scipy trust-constr", "scipy nelder-mead", "scipy dual-annealing",
)  # fmt: skip
"""Who is drawn in colour, whatever the result; all others are drawn in grey."""
_PALE = "#c4c4c4"
_MOST_FEATURED, _FEW = 10, 14
_LINES: tuple[Any, ...] = ("-", (0, (5, 1.6)), (0, (1.2, 1.2)))
_MARKERS = ("o", "s", "^", "D", "v")


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: of its file.
        title: what it shows.
        reading: how to read it, in two sentences.
        alternative: what it shows, for those who cannot see it.
        svg: the picture.
    """

    name: str
    title: str
    reading: str
    alternative: str
    svg: str

    @property
    def address(self) -> str:
        """The picture as a data address, so that the page is one file."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode()


def pictures(report: Report) -> Iterator[Picture]:
    """Every picture that the report has data for, in the order of the page."""
    look, runs = _looks(report), int(report.hits.present.shape[2])
    unit, gap, n = report.model.name, f"{report.gap:g}", len(report.hits.problems)
    count = f"n = {n} problems × {runs} starts"
    yield _picture(
        "data-profile",
        f"Data profile: runs within {gap} of the best ({count})",
        f"Each curve climbs to the share of runs that came within {gap} of the reference optimum after "
        f"so many {unit} per parameter and one (n + 1). Higher and further left is better; bands are 95 % "
        "intervals over problems, and no curve depends on who else is drawn.",
        lambda figure: _curves(
            figure, report.data, look, f"{unit} ÷ (n + 1)", "share of runs that arrived", bands=True
        ),
        (9.6, 4.9),
    )
    yield _picture(
        "ladder",
        f"All targets at once: from 1e-1 to 1e-8 ({count} × {len(report.hits.gaps)} targets)",
        "Each curve is the share of all (problem, start, target) triples that were hit after so many "
        f"{unit} per (n + 1): coarse targets fall early, fine ones late. The height at the right is "
        "what an optimizer reaches at all, bands are 95 % intervals over problems.",
        lambda figure: _curves(
            figure,
            report.distribution,
            look,
            f"{unit} ÷ (n + 1)",
            "share of targets hit",
            bands=True,
        ),
        (9.6, 4.9),
    )
    yield _picture(
        "performance-profile",
        f"Performance profile of {len(report.hits.optimizers)} optimizers at {gap} (n = {n} problems)",
        "At 1 on the axis a curve shows on how many problems an optimizer was the cheapest of this very "
        "set; further right, on how many it needed at most that many times the cheapest. Take an "
        "optimizer away and the others' curves may move, so read it together with the pairs below.",
        lambda figure: _ratios(figure, report.performance, look, len(report.hits.optimizers)),
        (9.6, 4.9),
    )
    yield _picture(
        "pairs",
        f"{report.best.optimizer} against each rival alone (n = {n} problems each)",
        f"Each panel is a performance profile of two: the coloured curve is {report.best.optimizer}, the "
        "grey one the rival that the panel names. Where a curve starts is the share of problems on which "
        "it was the cheaper of the two; where it ends, the share it solved at all within that ratio.",
        lambda figure: _pairs(figure, report),
        (9.6, 1.0 + 2.0 * -(-len(report.panels) // 4)),
    )
    yield _picture(
        "targets",
        f"Expected running time to each target (median over n = {n} problems)",
        f"From left to right the target gets finer, and the line tells how many {unit} an optimizer "
        "typically needs, restarts after failures included. A flat line converges fast once it is near; "
        "a line that ends has no typical cost, because half of the problems or more were never solved.",
        lambda figure: _ladder(figure, report.costs, look),
        (9.6, 4.9),
    )
    yield _picture(
        "ranks",
        f"Mean rank at {gap} (n = {n} problems)",
        "On every problem the optimizers are ranked by expected running time, 1 the best and ties "
        "shared; the dot is the mean rank, the bar its 95 % interval over problems. Optimizers whose "
        "bars overlap are not told apart by this suite.",
        lambda figure: _dots(
            figure,
            [(each.optimizer, each.mean.value, each.mean.low, each.mean.high) for each in report.ranks],
            "mean rank", look,
        ),
        (9.6, 1.2 + 0.27 * len(report.ranks)),
    )  # fmt: skip
    yield from _others(report, look)


def _others(report: Report, look: Mapping[str, Look]) -> Iterator[Picture]:
    unit = report.model.name
    if report.sensitivities:
        n = report.sensitivities[0].n
        yield _picture(
            "learning-rates",
            f"How much the learning rate matters (n = {n} problems × {SENSITIVITY_REPEATS} starts)",
            f"The line tells the typical {unit} to {report.gap:g} when the default learning rate, at 1, is "
            "multiplied; it is broken where half of the problems or more stay unsolved. A wide, flat bowl "
            "around 1 forgives a wrong guess, and a bowl elsewhere says that the default is off.",
            lambda figure: _rates(figure, report),
            (9.6, 4.4),
        )
    if report.tuned:
        n = report.tuned[0].tuned.n
        yield _picture(
            "tuning",
            f"Default (ring) against tuned (dot), {max(t.trials for t in report.tuned)} trials each "
            f"(n = {n} problems)",
            f"The ring is the typical {unit} to {report.gap:g} with default options, the dot that with the "
            "best of the trials, chosen on other problems than these. What the trials themselves cost "
            "stands in the table below; a line that leads to the right was tuned to the wrong problems.",
            lambda figure: _dumbbells(figure, report),
            (9.6, 1.2 + 0.27 * len(report.tuned)),
        )
    if report.noisy is not None and report.noisy_profile is not None:
        problems, _, repeats = report.noisy.present.shape
        yield _picture(
            "noisy",
            f"Noisy customers: cups served (n = {problems} problems × {repeats} starts × "
            f"{len(noisy.GAPS)} targets)",
            "Each curve is the share of targets, half a point to a hundredth below the best true mean "
            "score, that the served recipe satisfied after so many cups per (n + 1). All optimizers "
            "hear the same customers cup by cup; methods that trust every word stop climbing early.",
            lambda figure: _curves(
                figure, report.noisy_profile, look, "cups ÷ (n + 1)", "share of targets satisfied",
                bands=False,
            ),
            (9.6, 4.9),
        )  # fmt: skip
    if report.speeds:
        yield _picture(
            "seconds",
            f"Milliseconds a run: wall (dot) and CPU (ring) (n = {report.speeds[0].wall_ms.n} rounds)",
            "The dot is the median wall time of one run, the bar its 95 % interval over interleaved "
            "rounds, the ring the processor time of the same runs. Compiling is in none of them: "
            "it is the warm-up, which stands in the table.",
            lambda figure: _seconds(figure, report, look),
            (9.6, 1.2 + 0.27 * len(report.speeds)),
        )


def _picture(
    name: str,
    title: str,
    reading: str,
    draw: Callable[[Figure], object],
    size: tuple[float, float],
) -> Picture:
    with in_style():
        figure = new_figure(*size)
        draw(figure)
        buffer = StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "perfect-cup"})
    svg = buffer.getvalue()
    return Picture(
        name, title, reading, f"{title}. The numbers stand in the tables.", svg[svg.index("<svg") :]
    )


def _looks(report: Report) -> dict[str, Look]:
    labels = [label for label in FEATURED if label in report.hits.optimizers]
    best = report.standings[0].optimizer
    if best not in labels:
        labels.append(best)
    # Few optimizers are all told apart.
    labels += [label for label in report.hits.optimizers if label not in labels]
    most = len(labels) if len(labels) <= _FEW else _MOST_FEATURED
    return _apart(labels[:most])


def _apart(labels: Sequence[str]) -> dict[str, Look]:
    """A look for each label by its place: in one picture no two lines are alike."""
    return {
        label: Look(COLOURS[i % len(COLOURS)], _LINES[i // len(COLOURS) % 3], _MARKERS[i % 5])
        for i, label in enumerate(labels)
    }


def _curves(
    figure: Figure,
    profile: Profile | None,
    look: Mapping[str, Look],
    x_label: str,
    y_label: str,
    *,
    bands: bool,
) -> None:
    assert profile is not None
    ax = figure.subplots()
    _lines(ax, profile, look)
    if bands and profile.low is not None and profile.high is not None:
        for label in [each for each in look if each in profile.optimizers][:4]:
            row = profile.optimizers.index(label)
            colour = look[label].colour
            ax.fill_between(
                profile.x, profile.low[row], profile.high[row], color=colour, alpha=0.13, lw=0
            )
    ax.set(xscale="log", xlabel=x_label, ylabel=y_label, ylim=(0, 1.01), xlim=(0.5, profile.x[-1]))
    _plain(ax.xaxis)
    _legend(figure, ax, profile.optimizers, look)


def _ratios(figure: Figure, profile: Profile, look: Mapping[str, Look], solvers: int) -> None:
    ax = figure.subplots()
    _lines(ax, profile, look)
    ax.set_xscale("log", base=2)
    ax.set(xlabel=f"expected running time ÷ the least of these {solvers}", xlim=(1, profile.x[-1]))
    ax.set(ylabel="share of problems", ylim=(0, 1.01))
    _plain(ax.xaxis)
    _legend(figure, ax, profile.optimizers, look)


def _plain(axis: Axis) -> None:
    """Numbers of a log axis as numbers; powers of ten would be spelled in TeX."""
    axis.set_major_formatter(
        lambda value, _: f"{value:g}" if 1e-3 < value < 1e6 else f"{value:.0e}"
    )
    axis.set_minor_formatter(NullFormatter())


def _lines(ax: Axes, profile: Profile, look: Mapping[str, Look]) -> None:
    for row, label in enumerate(profile.optimizers):
        own = look.get(label)
        style: dict[str, Any] = {"color": _PALE, "lw": 0.9, "zorder": 1}
        if own is not None:
            style = {"color": own.colour, "ls": own.line, "zorder": 3}
        ax.plot(profile.x, profile.share[row], drawstyle="steps-post", **style)


def _legend(figure: Figure, ax: Axes, labels: Sequence[str], look: Mapping[str, Look]) -> None:
    for label in look:
        if label in labels:
            ax.plot([], [], color=look[label].colour, ls=look[label].line, label=shown(label))
    if set(labels) - set(look):
        ax.plot([], [], color=_PALE, lw=0.9, label="all others")
    figure.legend(loc="outside right upper")


def _pairs(figure: Figure, report: Report) -> None:
    rows = -(-len(report.panels) // 4)
    axes = figure.subplots(rows, 4, sharex=True, sharey=True, squeeze=False)
    for ax, panel in zip(axes.flat, report.panels, strict=False):
        ax.plot(panel.x, panel.share[1], color=GREY, drawstyle="steps-post", lw=1.4)
        ax.plot(panel.x, panel.share[0], color="#0072B2", drawstyle="steps-post")
        ax.set_title(shown(panel.optimizers[1]), fontsize=9.5)
        ax.set_xscale("log", base=2)
        ax.set(ylim=(0, 1.01), xlim=(1, panel.x[-1]), xticks=[1, 4, 16, 64])
        _plain(ax.xaxis)
    for ax in axes.flat[len(report.panels) :]:
        ax.set_axis_off()
    figure.supxlabel("expected running time ÷ the lesser of the two", fontsize=10.5)


def _ladder(figure: Figure, costs: Costs, look: Mapping[str, Look]) -> None:
    ax = figure.subplots()
    typical = np.stack([median(running_times(costs, gap), axis=0) for gap in costs.hits.gaps])
    typical = np.where(np.isfinite(typical), typical, np.nan)
    for column, label in enumerate(costs.hits.optimizers):
        own = look.get(label)
        style: dict[str, Any] = {"color": _PALE, "lw": 0.9, "zorder": 1}
        if own is not None:
            style = {
                "color": own.colour,
                "ls": own.line,
                "marker": own.marker,
                "ms": 4.5,
                "zorder": 3,
            }
        ax.plot(costs.hits.gaps, typical[:, column], **style)
    ax.set(
        xscale="log", yscale="log", xlabel="gap to the reference optimum", ylabel=costs.model.name
    )
    ax.invert_xaxis()
    ax.set_xticks(costs.hits.gaps)
    _plain(ax.xaxis)
    _plain(ax.yaxis)
    _legend(figure, ax, costs.hits.optimizers, look)


def _dots(
    figure: Figure,
    rows: Sequence[tuple[str, float, float, float]],
    x_label: str,
    look: Mapping[str, Look],
) -> Axes:
    ax = figure.subplots()
    for place, (label, value, low, high) in enumerate(rows):
        colour = look[label].colour if label in look else GREY
        if np.isfinite([low, high]).all():
            ax.plot([low, high], [place, place], color=colour, lw=2.4, alpha=0.45)
        ax.plot(value, place, "o", color=colour, ms=6)
    _rows(ax, [label for label, *_ in rows])
    ax.set_xlabel(x_label)
    return ax


def _rows(ax: Axes, labels: Sequence[str]) -> None:
    ax.set_yticks(range(len(labels)), [shown(label) for label in labels])
    ax.set_ylim(len(labels) - 0.5, -0.5)


def _rates(figure: Figure, report: Report) -> None:
    ax = figure.subplots()
    look = _apart([each.optimizer for each in report.sensitivities])
    for each in report.sensitivities:
        own, finite = look[each.optimizer], np.isfinite(each.ert)
        ert = np.where(finite, each.ert, np.nan)
        ax.plot(
            each.factors, ert, color=own.colour, ls=own.line, marker=own.marker, ms=5,
            label=f"{shown(each.optimizer)}{'' if finite.any() else ' (never)'}",
        )  # fmt: skip
    ax.set(xscale="log", yscale="log", xlabel="learning rate ÷ default", ylabel=report.model.name)
    _plain(ax.xaxis)
    _plain(ax.yaxis)
    figure.legend(loc="outside right upper")


def _dumbbells(figure: Figure, report: Report) -> None:
    ax = figure.subplots()
    for place, each in enumerate(report.tuned):
        before, after = each.default.value, each.tuned.value
        if np.isfinite([before, after]).all():
            ax.plot([before, after], [place, place], color=_PALE, lw=2)
        ax.plot(before, place, "o", mfc="white", mec="#0072B2", ms=8, mew=1.6)
        ax.plot(after, place, "o", color="#0072B2", ms=5)
    _rows(ax, [each.optimizer for each in report.tuned])
    ax.set(xscale="log", xlabel=f"{report.model.name} to {report.gap:g}; nothing drawn is infinite")
    _plain(ax.xaxis)


def _seconds(figure: Figure, report: Report, look: Mapping[str, Look]) -> None:
    rows = [
        (each.optimizer, each.wall_ms.value, each.wall_ms.low, each.wall_ms.high)
        for each in report.speeds
    ]
    ax = _dots(figure, rows, "ms a run", look)
    for place, each in enumerate(report.speeds):
        ax.plot(each.cpu_ms.value, place, "o", mfc="none", mec="black", ms=7, mew=1)
    ax.set_xscale("log")
    _plain(ax.xaxis)
