"""From a diary to the session that goes on: its own cups, on top of what other cups taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulator.dialin.carry import PERSON, carried
from simulator.dialin.diary import Diary
from simulator.dialin.evidence import Cup
from simulator.dialin.place import Place
from simulator.dialin.session import Session
from simulator.dialin.traits import Prior, population


def sitting(diary: Diary, rater: str = "") -> Session:
    """The session of the place in use, for one rater.

    This rater's cups of other places teach the palate, other raters' cups of this place the grinder and the
    bean. Places that differ only in what is locked or how many cups are planned share their cups.

    Args:
        diary: where the cups are.
        rater: whose; the diary's own person by default.
    """
    places = diary.places()
    here = places[max(places)]
    stranger = population(here.customers or "survey", here.kit.grinder.spread)
    groups: dict[tuple[str, int], list[Cup]] = {}
    first = _first_alike(places)
    for entry in diary.entries():
        groups.setdefault((entry.cup.rater, first[entry.place]), []).append(entry.cup)
    spot = first[max(places)]
    prior = _of_person(groups, places, stranger, rater, spot)
    prior = _of_place(groups, here, prior, rater, spot)
    return _session(here, prior, groups.get((rater, spot), []))


def _first_alike(places: Mapping[int, Place]) -> dict[int, int]:
    """Place -> the first that brews the same."""
    brews = {n: replace(p.kit, locked={}, one_knob=False) for n, p in places.items()}
    return {n: next(m for m, other in brews.items() if other == brew) for n, brew in brews.items()}


def _of_person(
    groups: Mapping[tuple[str, int], list[Cup]],
    places: Mapping[int, Place],
    stranger: Prior,
    rater: str,
    spot: int,
) -> Prior:
    prior = stranger
    for (who, where), cups in groups.items():
        if who == rater and where != spot:
            same_mill = places[where].kit.grinder == places[spot].kit.grinder
            blocks = PERSON | {"kit"} if same_mill else PERSON
            found = _session(places[where], prior, cups).posterior()
            prior = carried(found, stranger, blocks)
    return prior


def _of_place(
    groups: Mapping[tuple[str, int], list[Cup]], here: Place, prior: Prior, rater: str, spot: int
) -> Prior:
    """The grinder and the bean as the most diligent of the others found them."""
    others = {who: cups for (who, where), cups in groups.items() if where == spot and who != rater}
    if not others:
        return prior
    unknown = population("survey", here.kit.grinder.spread)
    diligent = max(others, key=lambda who: len(others[who]))
    found = _session(here, unknown, others[diligent]).posterior()
    if found.prior.segments != prior.segments:
        return prior
    return carried(found, prior, {"kit", "bean"})


def _session(place: Place, prior: Prior, cups: list[Cup]) -> Session:
    return Session(place.kit, prior, list(cups), budget=place.budget, rating_step=place.rating_step)
