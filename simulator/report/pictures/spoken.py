"""The numbers behind each picture, for those who hear it instead of seeing it."""

from __future__ import annotations

from simulator.report.pictures import walks
from simulator.report.pictures.material import Material


def convergence(material: Material) -> dict[str, str]:
    """Who came how near, best first."""
    ended = sorted(
        (float(series.median[-1]) if series.median.size else float("inf"), series.label)
        for series in walks.convergence_of(material)
    )
    texts = [
        material.messages.say("alt.gap", name=name, gap=f"{max(gap, 0.0):.1e}")
        for gap, name in ended
    ]
    return {"best": f"{material.recommended().score:.4g}", "ends": _listed(material, texts)}


def coordinates(material: Material) -> dict[str, str]:
    """Where each knob of the recommended recipe stands."""
    return {"recipe": material.held(()), "optimizers": _optimizers(material)}


def landscape(material: Material) -> dict[str, str]:
    """The best of the plane, and what is held."""
    plane = walks.landscape_of(material)
    best = material.recommended().recipe
    return {
        "grind": f"{best['grind_um']:.0f}",
        "time": f"{best['time_s']:.0f}",
        "score": f"{plane.score.max():.3g}",
        "low": f"{plane.score.min():.3g}",
        "held": plane.held,
        "optimizers": _optimizers(material),
    }


def control_chart(material: Material) -> dict[str, str]:
    """From which cup to which, on the best way from the first start."""
    problem = material.problem
    run, trace = max(material.first or material.tested, key=lambda each: each[0].score)
    path = walks.cup_path(problem, run, trace)
    ideal = walks.ideal_of(problem)
    return {
        "name": run.optimizer,
        "from_ey": f"{path.extraction_yield_pct[0]:.1f}",
        "from_tds": f"{path.tds_pct[0]:.2f}",
        "to_ey": f"{path.extraction_yield_pct[-1]:.1f}",
        "to_tds": f"{path.tds_pct[-1]:.2f}",
        "ideal_ey": f"{ideal.yield_low:g}–{ideal.yield_high:g}",
        "ideal_tds": f"{ideal.tds_low:g}–{ideal.tds_high:g}",
    }


def _optimizers(material: Material) -> str:
    return _listed(material, [run.optimizer for run, _ in material.first])


def _listed(material: Material, texts: list[str]) -> str:
    return material.messages.say("separator.words").join(texts)
