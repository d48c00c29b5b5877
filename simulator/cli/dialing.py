"""The verbs of ``simulator dial``: open the diary, ask the session, print."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from rich.console import Console

from simulator.cli.dial_text import card_lines, history_table, reason_lines, status_lines, told
from simulator.cli.terminal import console
from simulator.coffee import BEANS
from simulator.dialin import (
    KNOBS,
    Cup,
    Diary,
    Grinder,
    Kit,
    Place,
    Session,
    checked_rating,
    checked_words,
    diary_path,
    meant,
    population,
    reason,
    sitting,
)
from simulator.errors import InputError

_ADDED = ("milk_g", "sugar_g")  # said in grams of the cup, kept in grams per 200 g of coffee
_UNMAPPED = 0.30  # spread of the map of a grinder whose clicks nobody has measured


def begin(name: str, given: Mapping[str, Any]) -> int:
    """Create a diary.

    Raises:
        InputError: it exists, or something given cannot be used.
    """
    place = _placed(Place(Kit.standard(given["method"] or "immersion")), given)
    diary = Diary.create(diary_path(name), place)
    terminal = console()
    terminal.print(f"A diary for {name}: {diary.path}", soft_wrap=True)
    terminal.print(_place_line(place))
    terminal.print(f"Next: simulator dial suggest {name}")
    return 0


def move(name: str, given: Mapping[str, Any]) -> int:
    """Change the place of a diary."""
    diary = opened(name)
    here = diary.places()[max(diary.places())]
    if given["method"] and given["method"] != here.kit.method:
        locked = here.kit.locked
        here = replace(here, kit=replace(Kit.standard(given["method"]), bean=here.kit.bean,
                                         grinder=here.kit.grinder, locked=locked))  # fmt: skip
    place = _placed(here, given)
    diary.move_to(place)
    console().print(_place_line(place))
    return 0


def opened(name: str) -> Diary:
    """The diary of this name."""
    return Diary.open(diary_path(name))


def suggest_cup(name: str, rater: str, *, as_json: bool) -> int:
    """Print the next cup and remember it."""
    diary = opened(name)
    session = sitting(diary, rater)
    suggestion = session.suggest()
    diary.offer(suggestion.settings)
    if as_json:
        plain = {
            "settings": dict(suggestion.settings),
            "grind_setting": session.kit.grinder.setting(suggestion.settings["grind_um"]),
            **asdict(suggestion.prediction),
            "lesson": suggestion.lesson,
            "is_best": suggestion.is_best,
            "again": suggestion.again,
        }
        print(json.dumps(plain, indent=2))
        return 0
    terminal = console()
    show_suggestion(terminal, session, name)
    return 0


def show_suggestion(terminal: Console, session: Session, name: str) -> None:
    """The card of the next cup, the rating to expect, and why."""
    suggestion = session.suggest()
    title = f"Cup {len(session.cups) + 1} for {name}"
    _print(terminal, [title, *card_lines(session.kit, suggestion.settings)])
    _print(terminal, ["", *told(suggestion.prediction)])
    before = session.cups[-1] if session.cups else None
    why = None
    if before is not None:
        why = reason(session, settings_of(before), suggestion.settings)
    _print(terminal, reason_lines(session, suggestion, why))
    if not session.cups:
        terminal.print(f"Then: simulator dial rate {name} 6.5 --too bitter")


def settings_of(cup: Cup) -> dict[str, float]:
    """A cup's settings by name."""
    from simulator.dialin import SETTINGS

    return dict(zip(SETTINGS, cup.settings, strict=True))


def rate_cup(
    name: str,
    rating: str | None,
    words: Sequence[str],
    answers: Sequence[str],
    made: Mapping[str, float | None],
    rater: str,
) -> int:
    """Write one cup down."""
    diary = opened(name)
    score = None if rating is None else read_rating(rating)
    said = checked_words(words)
    place = diary.places()[max(diary.places())]
    settings = _brewed(diary, place.kit, made)
    row = tuple(place.kit.settings(**settings).tolist())
    cup = Cup(row, score, said, MappingProxyType(_answers(answers)), rater)
    probe = Session(place.kit)
    probe.add(cup)  # refuses what lies beyond the model before anything is written
    entry = diary.add(cup)
    say = ", ".join([*([f"{score:g}"] if score is not None else []), *said, *answers])
    console().print(f"Cup {entry.number}: {say}. Next: simulator dial suggest {name}")
    return 0


def read_rating(text: str) -> float:
    """A rating as it was typed; a forgotten decimal point is asked about at a terminal.

    Raises:
        InputError: it is no rating.
    """
    try:
        rating = float(text.replace(",", "."))
    except ValueError:
        raise InputError(f"rating {text!r} is not a number from 1 to 9") from None
    guess = meant(rating)
    if guess is not None and sys.stdin.isatty():
        answer = input(f"{rating:g} is off the scale from 1 to 9. Was {guess:g} meant? [y/N] ")
        if answer.strip().lower() in ("y", "yes"):
            return guess
    return checked_rating(rating)


def _brewed(diary: Diary, kit: Kit, made: Mapping[str, float | None]) -> dict[str, float]:
    """The settings of the cup: what was suggested, but for what was really done."""
    given = {knob: value for knob, value in made.items() if value is not None}
    said, settings = bool(given), dict(kit.locked)
    if "grind" in given:
        settings["grind_um"] = kit.grinder.um(kit.grinder.checked(given.pop("grind")))
    for knob in _ADDED:
        if knob in given:
            settings[knob] = given.pop(knob) * kit.gram
    settings |= given
    whole = all(knob in settings for knob in KNOBS[:2])
    if whole and set(settings) > set(kit.locked):
        return settings
    offered = diary.offered()
    if offered is None and not (whole and said):
        raise InputError(
            "no cup waits for a rating: ask for one with "
            f"`simulator dial suggest {diary.path.stem}`, or say what was brewed: "
            "--grind 20 --time-s 240 --milk-g 30 --sugar-g 0"
        )
    return {**(offered or {}), **settings}


def _answers(given: Sequence[str]) -> dict[str, str]:
    answers = {}
    for text in given:
        aspect, _, answer = text.partition("=")
        answers[aspect.strip()] = {"right": "just right"}.get(answer.strip(), answer.strip())
    return answers


def show_status(name: str, rater: str, *, as_json: bool) -> int:
    """Print where the search stands."""
    session = sitting(opened(name), rater)
    state = session.status()
    if as_json:
        plain = {**asdict(replace(state, kinds={}, recommended={})), "kinds": dict(state.kinds),
                 "recommended": dict(state.recommended)}  # fmt: skip
        print(json.dumps(plain, indent=2))
        return 0
    _print(console(), status_lines(session, state, name))
    return 0


def take_back(name: str) -> int:
    """Undo the last cup."""
    entry = opened(name).undo()
    rating = "no rating" if entry.cup.rating is None else f"{entry.cup.rating:g}"
    console().print(f"Cup {entry.number} ({rating}) is taken back; it stays in the diary, marked.")
    return 0


def show_history(name: str, *, as_json: bool) -> int:
    """Print all cups."""
    diary = opened(name)
    if as_json:
        print(json.dumps(diary.export()["cups"], indent=2))
        return 0
    console().print(history_table(diary))
    return 0


def show_card(name: str, rater: str) -> int:
    """Print the best cup's card."""
    session = sitting(opened(name), rater)
    state = session.status()
    title = f"The best cup for {rater or name}, after {state.cups} rated"
    lines = card_lines(session.kit, state.recommended)
    _print(console(), [title, *lines, "", *told(state.prediction)])
    return 0


def _print(terminal: Console, lines: Sequence[str]) -> None:
    for line in lines:
        terminal.print(line, markup=False)


def _place_line(place: Place) -> str:
    kit = place.kit
    mill = kit.grinder
    grinds = f"{mill.low:g}-{mill.high:g} {'clicks' if mill.has_clicks else 'µm'}"
    kept = "".join(
        f", {knob} kept at {value / (kit.gram if knob in _ADDED else 1.0):g}"
        for knob, value in kit.locked.items()
    )
    liquid = f"{kit.dose_g:g} g to {kit.liquid_g:g} g at {kit.temperature_c:g} °C"
    return f"{kit.method}, {kit.bean.name} roast, grinder {grinds}, {liquid}{kept}."


def _placed(place: Place, given: Mapping[str, Any]) -> Place:
    """A place with what was given on the command line."""
    kit = place.kit
    bean = given["bean"] or kit.bean.name
    if bean not in BEANS:
        raise InputError(f"bean = {bean!r} is unknown; known are: {', '.join(BEANS)}")
    plain = {
        knob: given[knob]
        for knob in ("dose_g", "liquid_g", "temperature_c", "one_knob")
        if given[knob] is not None
    }
    kit = replace(kit, bean=BEANS[bean], grinder=_grinder(kit.grinder, given), **plain)
    finest, coarsest = kit.limits("grind_um")
    if finest > coarsest:
        mill = kit.grinder
        raise InputError(
            f"this grinder grinds {mill.um(mill.low):g} to {mill.um(mill.high):g} µm, and nothing of that "
            f"suits {kit.method}: see --clicks, --um-per-click and --um-at-zero"
        )
    kit = replace(kit, locked=MappingProxyType(_locked(kit, given["lock"] or [])))
    middle = {"grind_um": 600.0, "time_s": 60.0, "milk_g": 0.0, "sugar_g": 0.0, **kit.locked}
    Session(kit).add(Cup(tuple(kit.settings(**middle).tolist()), 5.0))
    customers = tuple(given["customer"] or place.customers)
    if customers:
        population(customers)
    step = place.rating_step
    if given["whole_points"] is not None:
        step = 1.0 if given["whole_points"] else 0.5
    budget = place.budget if given["cups"] is None else given["cups"]
    if not 1 <= budget <= 1000:
        raise InputError(f"--cups {budget}: plan between 1 and 1000 cups")
    return Place(kit, customers, budget, step)


def _grinder(grinder: Grinder, given: Mapping[str, Any]) -> Grinder:
    clicks, each, zero = (given[k] for k in ("clicks", "um_per_click", "um_at_zero"))
    if clicks is None and each is None and zero is None:
        return grinder
    if clicks is None and not grinder.has_clicks:
        raise InputError("--um-per-click needs --clicks, the grinder's finest and coarsest: 3-31")
    low, high = (grinder.low, grinder.high) if clicks is None else _span(clicks)
    if each is None:
        # Nobody has measured it: the whole range of the model, and little trust in it.
        each = (1400.0 - 200.0) / (high - low)
        return Grinder(low, high, 1.0, 200.0 - each * low, each, _UNMAPPED)
    return Grinder(low, high, 1.0, zero or 0.0, each)


def _span(clicks: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in clicks.split("-"))
    except ValueError:
        raise InputError(f"--clicks {clicks!r}: expected finest-coarsest, such as 3-31") from None
    if not low < high:
        raise InputError(f"--clicks {clicks}: the coarsest must lie above the finest")
    return low, high


def _locked(kit: Kit, given: Sequence[str]) -> dict[str, float]:
    locked = dict(kit.locked)
    for text in given:
        knob, equals, value = text.partition("=")
        if knob not in KNOBS or not equals:
            raise InputError(f"--lock {text}: expected one of {', '.join(KNOBS)} with =value")
        locked.pop(knob, None)
        if value:
            try:
                locked[knob] = float(value) * (kit.gram if knob in _ADDED else 1.0)
            except ValueError:
                raise InputError(f"--lock {text}: {value!r} is not a number") from None
    return locked
