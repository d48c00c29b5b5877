"""``simulator dial``: dial in real coffee. The frame: options and their help; the work is in ``dialing``."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from simulator.cli.one_verb import Verb

app = typer.Typer(
    help="Dial in real coffee: brew, rate 1-9, say a word, and get the next cup.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="Whose diary.", show_default=False)]
Rater = Annotated[str, typer.Option(help="Who drinks, if not the diary's own person.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Bean = Annotated[str | None, typer.Option(help="light, medium or dark. [default: medium]")]
Method = Annotated[
    str | None, typer.Option(help="immersion, pour-over or espresso. [default: immersion]")
]
Clicks = Annotated[str | None, typer.Option(help="The grinder's clicks, finest-coarsest: 3-31.")]
UmPerClick = Annotated[float | None, typer.Option(help="Grind change of one click, µm.")]
UmAtZero = Annotated[float | None, typer.Option(help="Grind at click 0, µm. [default: 0]")]
DoseG = Annotated[float | None, typer.Option(help="Dry coffee, g.")]
LiquidG = Annotated[
    float | None, typer.Option(help="Water poured (immersion) or drink in the vessel, g.")
]
TemperatureC = Annotated[float | None, typer.Option(help="Water temperature, °C.")]
Lock = Annotated[
    list[str] | None, typer.Option(help="Keep a knob: milk_g=0. May be given again; milk_g= frees.")
]
OneKnob = Annotated[
    bool | None, typer.Option("--one-knob/--all-knobs", help="Change one knob at a time.")
]
Cups = Annotated[int | None, typer.Option(help="How many cups are planned. [default: 10]")]
Customer = Annotated[
    list[str] | None,
    typer.Option(help="What is known of the customer: a segment such as milk. May be given again."),
]
WholePoints = Annotated[
    bool | None, typer.Option("--whole-points/--half-points", help="How finely ratings are given.")
]
Grind = Annotated[float | None, typer.Option(help="Clicks (or µm) really used.")]
TimeS = Annotated[float | None, typer.Option(help="Seconds really brewed.")]
MilkG = Annotated[float | None, typer.Option(help="Milk really put into the cup, g.")]
SugarG = Annotated[float | None, typer.Option(help="Sugar really put into the cup, g.")]


@app.callback()
def _quietly() -> None:
    # The matrices are small: a second thread of the linear algebra would only wait for the first.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _place_verb(work: Literal["begin", "move"]) -> Callable[..., int]:
    """What begins a diary and what moves it elsewhere take the same options."""

    def verb(
        name: Name,
        bean: Bean = None,
        method: Method = None,
        clicks: Clicks = None,
        um_per_click: UmPerClick = None,
        um_at_zero: UmAtZero = None,
        dose_g: DoseG = None,
        liquid_g: LiquidG = None,
        temperature_c: TemperatureC = None,
        lock: Lock = None,
        one_knob: OneKnob = None,
        cups: Cups = None,
        customer: Customer = None,
        whole_points: WholePoints = None,
    ) -> int:
        given = {option: value for option, value in locals().items() if option != "work"}
        from simulator.cli import dialing

        done: int = getattr(dialing, work)(given.pop("name"), given)
        return done

    return verb


app.command("new", cls=Verb, help="Begin a diary for somebody; only the name is needed.")(
    _place_verb("begin")
)
app.command(
    "change",
    cls=Verb,
    help="Another bean, grinder, method or lock from now on; what was learnt carries over.",
)(_place_verb("move"))


@app.command(cls=Verb)
def suggest(name: Name, rater: Rater = "", json: Json = False) -> int:
    """The next cup: its recipe card, the rating to expect, and why."""
    from simulator.cli.dialing import suggest_cup

    return suggest_cup(name, rater, as_json=json)


@app.command(cls=Verb)
def rate(
    name: Name,
    rating: Annotated[
        str | None, typer.Argument(help="1 dislike extremely ... 9 like extremely.")
    ] = None,
    too: Annotated[
        list[str] | None,
        typer.Option(help="A complaint: bitter, sour, flat, weak, strong, thin, heavy ..."),
    ] = None,
    not_enough: Annotated[
        list[str] | None, typer.Option(help="A complaint: sweet or creamy.")
    ] = None,
    just_right: Annotated[bool, typer.Option("--just-right", help="No complaint.")] = False,
    answer: Annotated[
        list[str] | None,
        typer.Option(help="A scale asked for: acidity=high, mouthfeel=low, intensity=right."),
    ] = None,
    grind: Grind = None,
    time_s: TimeS = None,
    milk_g: MilkG = None,
    sugar_g: SugarG = None,
    rater: Rater = "",
) -> int:
    """Write down what was said of the last suggestion, or of the cup that was really brewed."""
    from simulator.cli.dialing import rate_cup

    words = [f"too {word}" for word in too or []]
    words += [f"not {word} enough" for word in not_enough or []]
    words += ["just right"] if just_right else []
    made = {"grind": grind, "time_s": time_s, "milk_g": milk_g, "sugar_g": sugar_g}
    return rate_cup(name, rating, words, answer or [], made, rater)


@app.command(cls=Verb)
def status(name: Name, rater: Rater = "", json: Json = False) -> int:
    """Where the search stands: the best cup so far, how sure that is, and whether to stop."""
    from simulator.cli.dialing import show_status

    return show_status(name, rater, as_json=json)


@app.command(cls=Verb)
def undo(name: Name) -> int:
    """Take the last cup back; it stays in the file, marked."""
    from simulator.cli.dialing import take_back

    return take_back(name)


@app.command(cls=Verb)
def history(name: Name, json: Json = False) -> int:
    """All cups in order, those taken back struck out."""
    from simulator.cli.dialing import show_history

    return show_history(name, as_json=json)


@app.command(cls=Verb)
def card(name: Name, rater: Rater = "") -> int:
    """The recipe card of the best cup."""
    from simulator.cli.dialing import show_card

    return show_card(name, rater)


@app.command(cls=Verb)
def brew(name: Name, rater: Rater = "") -> int:
    """Guided: shows the card, waits for the cup, asks for the rating, and writes it down."""
    from simulator.cli.dial_guide import guide

    return guide(name, rater)


@app.command(cls=Verb)
def export(
    name: Name, file: Annotated[Path, typer.Argument(help="JSON, to keep or to move.")]
) -> int:
    """Write the whole diary into one JSON file."""
    from simulator.cli.dial_files import export_diary

    return export_diary(name, file)


@app.command("import", cls=Verb)
def import_(
    name: Name,
    file: Annotated[Path, typer.Argument(help="An exported diary, Beanconqueror backup or CSV.")],
    bean: Annotated[str | None, typer.Option(help="Only rows of this bean.")] = None,
    roast: Annotated[
        str, typer.Option(help="What it is brewed as: light, medium, dark.")
    ] = "medium",
    method: Annotated[str | None, typer.Option(help="Only rows of this method.")] = None,
    mill: Annotated[str | None, typer.Option(help="Only rows of this grinder.")] = None,
    top: Annotated[float, typer.Option(help="Top of the log's rating scale.")] = 5.0,
    um_per_click: UmPerClick = None,
    um_at_zero: UmAtZero = None,
) -> int:
    """Read cups from a file: an exported diary becomes NAME; rows of a log become its cups."""
    from simulator.cli.dial_files import import_file

    return import_file(name, file, bean, roast, method, mill, top, um_per_click, um_at_zero)


@app.command(cls=Verb)
def page(
    name: Name,
    out: Annotated[Path | None, typer.Option(help="Where to. [default: NAME.html]")] = None,
    rater: Rater = "",
) -> int:
    """One page for the phone: the next cup, what is known, and a form that gives one line to paste."""
    from simulator.cli.dial_files import write_page

    return write_page(name, out, rater)
