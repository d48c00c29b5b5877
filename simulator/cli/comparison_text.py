"""A comparison in words and tables, on the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.cli.terminal import gap_of
from simulator.compare.intervals import Estimate
from simulator.compare.report import Report, told_n
from simulator.compare.running_time import Standing


def show_report(console: Console, report: Report) -> None:
    """Print the standings, the paired tests and the verdict; every table states its n."""
    console.print(_standings(report, gap_of(console)))
    console.print(
        f"Costs are {report.model.name}: {report.model.about}. needed: expected running time, the "
        "median over problems; ∞: half of them or more never solved. In brackets: 95 %.",
        style="dim",
    )
    if report.duels:
        console.print(_duels(report, gap_of(console)))
    if report.noisy_standings:
        console.print(_cups(report, gap_of(console)))
    console.print(f"[dim]{escape(report.suite)}[/dim]")
    for note in report.notes:
        console.print(escape(note))
    if report.hits.missing:
        console.print(f"{report.hits.missing} runs are missing: all figures are provisional.")
    console.print(escape(report.verdict()))


def _standings(report: Report, gap: int) -> Table:
    table = _table(f"to a gap of {report.gap:g}; {report.count}", gap)
    for name in ("needed", "arrived %", "solved", "mean rank"):
        table.add_column(name, justify="right", no_wrap=True)
    by_label = {each.optimizer: each for each in report.ranks}
    for each in report.standings:
        rank = by_label[each.optimizer].mean.text(1)
        table.add_row(*_row(each), rank, style="dim" if report.is_scipy(each.optimizer) else None)
    return table


def _row(each: Standing) -> tuple[str, ...]:
    solved = f"{each.solved}/{each.problems}"
    return escape(each.optimizer), each.ert.text(), _share(each.success), solved


def _duels(report: Report, gap: int) -> Table:
    best = report.best.optimizer
    table = _table(f"{best} against each, {report.problems}", gap)
    for name in ("wins", "losses", f"needs, × {best}", "p (Holm)"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in report.duels:
        ratio, p = each.ratio.text(2), f"{each.p_holm:.2g}"
        table.add_row(escape(each.other), str(each.wins), str(each.losses), ratio, p)
    return table


def _cups(report: Report, gap: int) -> Table:
    assert report.noisy is not None
    problems, _, repeats = report.noisy.present.shape
    table = _table(f"noisy customers: cups to within 0.05; {told_n(problems)} × {repeats}", gap)
    for name in ("cups", "satisfied %"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in report.noisy_standings:
        table.add_row(escape(each.optimizer), each.ert.text(), _share(each.success))
    return table


def _table(title: str, gap: int) -> Table:
    table = Table(
        title=escape(title),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, gap, 0, 0),
        show_edge=False,
        # A title is as wide as its table at most.
        min_width=len(title),
    )
    # Names may take two lines, numbers are never cut.
    table.add_column("optimizer", min_width=12)
    return table


def _share(estimate: Estimate) -> str:
    low, high = 100 * estimate.low, 100 * estimate.high
    return f"{100 * estimate.value:.0f} [{low:.0f}, {high:.0f}]"
