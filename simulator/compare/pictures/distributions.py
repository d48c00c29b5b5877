"""Shares of runs, targets and cups over what was spent: data profile, distribution over all targets."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.compare.pictures.looks import BACKGROUND, legend, plain
from simulator.compare.pictures.picture import WIDE, Picture, picture
from simulator.compare.profiles import Profile
from simulator.compare.report import Report, told_n
from simulator.figures.style import Look

_BANDS = 4
"""So many optimizers have bands; more would hide each other."""


def data_profile(report: Report, look: Mapping[str, Look]) -> Picture:
    """Runs within the report's gap."""
    gap, unit = f"{report.gap:g}", report.model.name
    return picture(
        "data-profile",
        f"Data profile: runs within {gap} of the best ({report.count})",
        f"Each curve climbs to the share of runs that came within {gap} of the reference optimum after "
        f"so many {unit} per parameter and one (n + 1). Higher and further left is better; bands are 95 % "
        "intervals over families of problems, and no curve depends on who else is drawn.",
        lambda figure: curves(
            figure, report.data, look, f"{unit} ÷ (n + 1)", "share of runs that arrived"
        ),
        WIDE,
    )


def ladder(report: Report, look: Mapping[str, Look]) -> Picture:
    """All targets at once."""
    unit, gaps = report.model.name, report.hits.gaps
    return picture(
        "ladder",
        f"All targets at once: from {gaps[0]:g} to {gaps[-1]:g} ({report.count} × {len(gaps)} targets)",
        "Each curve is the share of all (problem, start, target) triples that were hit after so many "
        f"{unit} per (n + 1): coarse targets fall early, fine ones late. The height at the right is "
        "what an optimizer reaches at all, bands are 95 % intervals over families of problems.",
        lambda figure: curves(
            figure, report.distribution, look, f"{unit} ÷ (n + 1)", "share of targets hit"
        ),
        WIDE,
    )


def cups(report: Report, look: Mapping[str, Look]) -> Picture:
    """Noisy customers: targets satisfied over cups served. The report has noisy hits."""
    noisy, profile = report.noisy, report.noisy_profile
    assert noisy is not None
    assert profile is not None
    problems, _, repeats = noisy.present.shape
    return picture(
        "noisy",
        f"Noisy customers: cups served ({told_n(problems)} × {repeats} starts × "
        f"{len(noisy.gaps)} targets)",
        "Each curve is the share of targets, half a point to a hundredth below the best true mean "
        "score, that the served recipe satisfied after so many cups per (n + 1). All optimizers "
        "hear the same customers cup by cup; methods that trust every word stop climbing early.",
        lambda figure: curves(
            figure, profile, look, "cups ÷ (n + 1)", "share of targets satisfied", bands=0
        ),
        WIDE,
    )


def curves(
    figure: Figure,
    profile: Profile,
    look: Mapping[str, Look],
    x_label: str,
    y_label: str,
    *,
    bands: int = _BANDS,
) -> None:
    """Shares over a logarithmic axis, with bands of the first few that are in colour."""
    ax = figure.subplots()
    steps(ax, profile, look)
    if profile.low is not None and profile.high is not None:
        for label in [each for each in look if each in profile.optimizers][:bands]:
            row, colour = profile.optimizers.index(label), look[label].colour
            ax.fill_between(
                profile.x, profile.low[row], profile.high[row], color=colour, alpha=0.13, lw=0
            )
    ax.set(xscale="log", xlabel=x_label, ylabel=y_label, ylim=(0, 1.01), xlim=(0.5, profile.x[-1]))
    plain(ax.xaxis)
    legend(figure, ax, profile.optimizers, look)


def steps(ax: Axes, profile: Profile, look: Mapping[str, Look]) -> None:
    """The curves themselves: in colour with a look, else in the background."""
    for row, label in enumerate(profile.optimizers):
        own, style = look.get(label), dict(BACKGROUND)
        if own is not None:
            style = {"color": own.colour, "ls": own.line, "zorder": 3}
        ax.plot(profile.x, profile.share[row], drawstyle="steps-post", **style)
