"""What ``simulator dial`` says: recipe cards, predictions, reasons, where a search stands."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from simulator.coffee import Method
from simulator.dialin import (
    SETTINGS,
    Diary,
    Kit,
    Prediction,
    Reason,
    Session,
    Status,
    Suggestion,
    ideal,
)

_TURNED = {
    "grind_um": ("a coarser grind", "a finer grind"),
    "time_s": ("a longer brew", "a shorter brew"),
    "milk_g": ("more milk", "less milk"),
    "sugar_g": ("more sugar", "less sugar"),
    "dose_g": ("a larger dose", "a smaller dose"),
    "liquid_g": ("more water", "less water"),
    "temperature_c": ("hotter water", "cooler water"),
}
_KINDS = {
    "black-strong": "black and strong",
    "black-mild": "black and mild",
    "milk": "with milk",
    "milk-and-sugar": "with milk and sugar",
}


def card_lines(kit: Kit, settings: Mapping[str, float]) -> list[str]:
    """A recipe as it stands beside the grinder."""
    minutes, seconds = divmod(round(settings["time_s"]), 60)
    liquid = "water" if kit.method is Method.IMMERSION else "drink in the vessel"
    lines = [
        f"  grind  {kit.grinder.written(settings['grind_um'])}",
        f"  brew   {settings['dose_g']:g} g coffee, {settings['liquid_g']:g} g {liquid} "
        f"at {settings['temperature_c']:g} °C",
        f"  time   {minutes}:{seconds:02d} min",
    ]
    grams = [(round(settings[k] / kit.gram), k) for k in ("milk_g", "sugar_g")]
    added = [f"{amount} g {k.removesuffix('_g')}" for amount, k in grams if amount]
    if kit.method is Method.ESPRESSO:
        lines.append("  serve  long: fill up with hot water to 200 g")
    lines.append(f"  add    {' and '.join(added) if added else 'nothing: black'}")
    return lines


def told(prediction: Prediction) -> list[str]:
    """The rating to expect."""
    half, most = prediction.band50, prediction.band90
    return [
        f"Expected rating {prediction.mean:.1f}: half of the time {half[0]:g} to {half[1]:g}, "
        f"nine times of ten {most[0]:g} to {most[1]:g}."
    ]


def reason_lines(session: Session, suggestion: Suggestion, why: Reason | None) -> list[str]:
    """Why this cup."""
    lines = []
    if why is not None and not suggestion.again:
        parts = [
            f"{_TURNED[knob][0] if suggestion.settings[knob] > _before(session, knob) else _TURNED[knob][1]} "
            f"{share:+.2f}"
            for knob, share in sorted(why.shares.items(), key=lambda kv: -abs(kv[1]))
            if abs(share) >= 0.005
        ]
        if parts:
            lines.append(
                f"Why: against the last cup {', '.join(parts)}; together {why.change:+.2f} points."
            )
    if suggestion.again:
        lines.append("Why: the same cup again, because a second opinion of it tells most.")
    elif not suggestion.is_best:
        lines.append(
            "It is not the best known cup: its answer is worth more than the difference "
            f"(+{suggestion.lesson:.2f} points for what follows)."
        )
    if not session.cups:
        lines.append("Why: a cup that many kinds of customers answer differently.")
    return lines


def _before(session: Session, knob: str) -> float:
    return session.cups[-1].setting(knob)


def status_lines(session: Session, state: Status, name: str) -> list[str]:
    """Where the search stands."""
    region = ideal(session.counter, session.posterior().traits, session.outlook())
    strength, extraction = region.tds_band, region.extraction_band
    kinds = ", ".join(
        f"{_KINDS.get(kind, kind)} {chance:.0%}"
        for kind, chance in sorted(state.kinds.items(), key=lambda kv: -kv[1])
        if chance >= 0.02
    )
    lines = [
        f"{name}: {state.cups} cup{'' if state.cups == 1 else 's'} rated. The best so far:",
        *card_lines(session.kit, state.recommended),
        *told(state.prediction),
        f"It is within 0.25 points of the best possible with a chance of {state.close:.0%}.",
        f"The ideal lies at TDS {strength[0]:.2f}-{strength[1]:.2f} % and extraction "
        f"{extraction[0]:.0f}-{extraction[1]:.0f} % (nine of ten).",
        f"Takes coffee: {kinds}.",
        _advice(state),
    ]
    for number, rating, expected in state.surprises:
        lines.append(
            f"Warning: cup {number} was rated {rating:g}, the other cups make one expect "
            f"{expected:.1f}. A slip, another day, or something the model does not know?"
        )
    lines.append(
        "Not known here: aroma, water, freshness, temperature of serving; milk and sugar rest on "
        "chosen numbers until your ratings say more."
    )
    return lines


def _advice(state: Status) -> str:
    if state.enough:
        return "You can stop: another cup is unlikely to find a better one."
    return f"Go on: the next cup should raise the best by {state.lesson:.2f} points."


def history_table(diary: Diary) -> Table:
    """All cups in order."""
    table = Table(show_edge=False)
    for column in ("cup", "grind", "time", "milk", "sugar", "rating", "said", "who"):
        table.add_column(column, justify="left" if column in ("said", "who") else "right")
    places = diary.places()
    for entry in diary.entries(undone=True):
        kit, cup = places[entry.place].kit, entry.cup
        settings = dict(zip(SETTINGS, cup.settings, strict=True))
        answers = [f"{aspect} {answer}" for aspect, answer in cup.answers.items()]
        table.add_row(
            f"{entry.number}{' (taken back)' if entry.undone else ''}",
            f"{kit.grinder.setting(settings['grind_um']):g}",
            f"{settings['time_s']:g} s",
            f"{round(settings['milk_g'] / kit.gram)} g",
            f"{round(settings['sugar_g'] / kit.gram)} g",
            "" if cup.rating is None else f"{cup.rating:g}",
            ", ".join([*cup.words, *answers]),
            cup.rater,
        )
    return table
