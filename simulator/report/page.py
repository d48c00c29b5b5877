"""The report: one HTML page that holds all of an experiment and needs nothing beside itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from simulator.errors import ResultsError
from simulator.experiment.config import experiment_from
from simulator.experiment.problem import Problem
from simulator.experiment.results import Results
from simulator.experiment.results_folder import refuse_files_of_results
from simulator.experiment.verdict import judge
from simulator.explain import Catalogue
from simulator.report.certificate import Bracket, known_bracket, read_bracket
from simulator.report.findings import findings, margin
from simulator.report.inline_svg import inline_svg
from simulator.report.pictures import PICTURES, Material, Picture, lacking, material_of

FILE_NAME = "report.html"


def write_report(
    results: Results, messages: Catalogue, out: Path, *, bracket: Bracket | None = None
) -> Path:
    """Write the report of a results folder to ``out``; return the path.

    Args:
        results: open; unfinished ones are reported as such.
        messages: the language of the page.
        out: an HTML file, or a folder that gets ``report.html``.
        bracket: what is proved of the problem; by default what the folder's certificate says,
            or one that comes with the program.

    Raises:
        ResultsError: no run has found a score yet, a certificate is not this problem's, or the page
            cannot be written.
    """
    path = out / FILE_NAME if out.is_dir() else out
    refuse_files_of_results(path)
    page = report_html(results, messages, bracket=bracket)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        told = error.strerror or error
        raise ResultsError(f"{path}: the report cannot be written ({told})") from error
    return path


def report_html(results: Results, messages: Catalogue, *, bracket: Bracket | None = None) -> str:
    """The page. Raises ResultsError as :func:`write_report` does."""
    problem = Problem(experiment_from(results.config, str(results.folder)))
    material = material_of(problem, results, messages)
    progress = results.progress()
    if not material.drawable:
        raise ResultsError(f"{results.folder}: there is nothing to report yet, {progress}")
    # First, because judging and drawing take seconds and a certificate may be refused.
    bracket = bracket or read_bracket(results.folder, problem) or known_bracket(problem)
    runs = [run for run, _ in material.runs]
    verdict = judge(problem, runs, near_optimal=problem.is_coffee)
    template = _templates().get_template("report.html")
    return template.render(
        language=messages.language,
        say=messages.say,
        name=problem.experiment.name,
        description=problem.experiment.description,
        found=findings(material, verdict, results.manifest, progress, bracket),
        goal=_goal(material),
        margin=margin(material),
        figures=_figures(material),
    )


def _figures(material: Material) -> list[Mapping[str, str | Markup]]:
    missing = lacking(material)
    return [
        {
            "name": name,
            "caption": material.messages.say(f"picture.{name}"),
            "svg": inline_svg(picture.draw(material), name, alternative(material, name)),
        }
        for name, picture in PICTURES.items()
        if name not in missing and isinstance(picture, Picture) and picture.in_report
    ]


def alternative(material: Material, name: str) -> str:
    """What a picture shows, in a sentence or two with its numbers, for those who cannot see it."""
    picture = PICTURES[name]
    assert isinstance(picture, Picture), f"{name} is not shown on a page"
    return material.messages.say(f"alt.{name}", **picture.facts(material))


def _goal(material: Material) -> str:
    experiment, messages = material.problem.experiment, material.messages
    if not material.problem.is_coffee:
        return messages.say("report.goal_function", function=str(experiment.problem))
    if material.is_mean:
        return messages.say("report.goal_score")
    return messages.say("report.goal_share", threshold=f"{experiment.objective.threshold:g}")


def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("simulator.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
