"""The second half of a chapter in words: blame, gradient, the change that helps most, the step."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.explain.blame import Cost
from simulator.explain.document import Block, Heading, Sentence, Table
from simulator.explain.levers import EXTRACTION, Lever, Suggestion
from simulator.explain.story import Chapter, Step
from simulator.explain.wording import NEGLIGIBLE, Wording, signed

#: Costs below this part of the loss are not worth a finger pointed at them.
_WORTH_NAMING = 0.002


def accuse(chapter: Chapter, wording: Wording) -> Iterator[Block]:
    """Blame, gradient, suggestion and step of one cup."""
    yield Heading(wording.say("blame.heading"), 3)
    yield from _blame(chapter, wording)
    yield Heading(wording.say("knobs.heading"), 3)
    yield from _knobs(chapter, wording)
    yield Heading(wording.say("change.heading"), 3)
    yield from _change(chapter, wording)
    if chapter.step is not None:
        yield Heading(wording.say("step.heading"), 3)
        yield from _step(chapter, chapter.step, wording)


def _blame(chapter: Chapter, wording: Wording) -> Iterator[Block]:
    blame = chapter.blame
    total = wording.points(blame.loss)
    yield Sentence(
        wording.say(
            "blame.method", loss=total, residual=f"{blame.residual:.0e}" if blame.residual else "0"
        )
    )
    named = [cost for cost in blame.costs if cost.points > _WORTH_NAMING * blame.loss]
    small = blame.loss - blame.out_of_reach - blame.tastes_differ
    small -= sum(cost.points for cost in named)
    rows = [(_cost(cost, wording), wording.points(cost.points)) for cost in named]
    rows += [
        (wording.say("blame.rest"), wording.points(small)),
        (wording.say("blame.tastes_differ"), wording.points(blame.tastes_differ)),
        (wording.say("blame.out_of_reach"), wording.points(blame.out_of_reach)),
        (wording.say("blame.total"), total),
    ]
    yield Table(
        [wording.say("blame.column_part"), wording.say("blame.column_points")],
        rows,
        [*((cost.node, cost.source) for cost in named), None, None, None, None],
        frozenset({1}),
    )
    if not named:
        yield Sentence(wording.say("blame.nothing"))
        return
    yield from _accused(chapter, named[0], wording)


def _accused(chapter: Chapter, worst: Cost, wording: Wording) -> Iterator[Block]:
    key = "worst_much" if worst.too_much >= worst.too_little else "worst_little"
    yield Sentence(
        wording.say(
            f"blame.{key}",
            quantity=wording.quantity(worst.quantity),
            points=wording.points(worst.points),
            segment=wording.word("segment", worst.segment),
        ),
        worst.node,
        worst.source,
    )
    lever = max(chapter.levers, key=lambda each: abs(each.through[worst.quantity] * each.amount))
    part = lever.through[worst.quantity]
    if not part:
        return
    turned = lever.amount if part > 0 else -lever.amount
    change = chapter.ledger.slope(worst.node, lever.knob) * turned
    yield Sentence(
        wording.say(
            "blame.culprit",
            knob=wording.word("knob", lever.knob),
            more=wording.turn(lever.knob, turned),
            quantity=wording.quantity(worst.quantity),
            change=signed(change),
            loss=wording.gain(-part * turned),
        ),
        worst.node,
        worst.source,
    )
    path = chapter.ledger.path(worst.node, lever.knob)
    names = dict.fromkeys(reading.name for reading in reversed(path))
    yield Sentence(wording.say("blame.path", path=" → ".join(names)), worst.node, worst.source)


def _cost(cost: Cost, wording: Wording) -> str:
    quantity = wording.quantity(cost.quantity)
    less, more = sorted((cost.too_little, cost.too_much))
    if less > 0.1 * more and less > _WORTH_NAMING:
        little, much = wording.points(cost.too_little), wording.points(cost.too_much)
        return wording.say("blame.too_both", quantity=quantity, little=little, much=much)
    key = "too_much" if cost.too_much >= cost.too_little else "too_little"
    return wording.say(f"blame.{key}", quantity=quantity)


def _knobs(chapter: Chapter, wording: Wording) -> Iterator[Block]:
    yield Sentence(wording.say("knobs.note"))
    columns = ("knob", "value", "amount", "slope", "through")
    yield Table(
        [wording.say(f"knobs.column_{name}") for name in columns],
        [_lever(lever, wording) for lever in chapter.levers],
        [(lever.knob, chapter.ledger.source(lever.knob)) for lever in chapter.levers],
        frozenset({1, 3}),
    )
    for lever in chapter.levers:
        if lever.blocked:
            yield Sentence(
                wording.say(
                    "knobs.blocked",
                    knob=wording.word("knob", lever.knob),
                    value=wording.setting(lever.knob, lever.value),
                ),
                lever.knob,
                chapter.ledger.source(lever.knob),
            )


def _lever(lever: Lever, wording: Wording) -> tuple[str, ...]:
    parts = sorted(lever.through.items(), key=lambda part: -abs(part[1]))
    through = [
        f"{wording.quantity(quantity)} {wording.gain(part * lever.amount)}"
        for quantity, part in parts[:3]
        if abs(part) > 0.02 * abs(parts[0][1]) and abs(part * lever.amount) >= NEGLIGIBLE
    ]
    return (
        wording.word("knob", lever.knob),
        wording.setting(lever.knob, lever.value),
        wording.turn(lever.knob, lever.amount),
        wording.gain(lever.slope * lever.amount),
        wording.say("separator.changes").join(through) or wording.say("dial.none"),
    )


def _change(chapter: Chapter, wording: Wording) -> Iterator[Block]:
    worth = [each for each in chapter.suggestions if each.predicted >= NEGLIGIBLE]
    if not worth:
        yield Sentence(wording.say("change.none"))
        return
    yield _best(chapter, worth[0], wording)
    yield Table(
        [wording.say(f"change.column_{name}") for name in ("change", "predicted", "real")],
        [
            (
                wording.order(each.knob, each.change),
                wording.gain(each.predicted),
                wording.gain(each.real),
            )
            for each in worth
        ],
        [(each.knob, chapter.ledger.source(each.knob)) for each in worth],
        frozenset({1, 2}),
    )
    yield Sentence(wording.say("change.note"))
    if wording.is_share:
        yield Sentence(wording.say("change.share_note"))


def _best(chapter: Chapter, best: Suggestion, wording: Wording) -> Sentence:
    node = EXTRACTION if best.quantity == "extraction_yield_pct" else f"perception.{best.quantity}"
    return Sentence(
        wording.say(
            "change.best",
            change=wording.order(best.knob, best.change),
            quantity=wording.quantity(best.quantity),
            quantity_change=signed(best.quantity_predicted),
            quantity_real=signed(best.quantity_real),
            predicted=wording.gain(best.predicted),
            real=wording.gain(best.real),
        ),
        node,
        chapter.ledger.source(node),
    )


def _step(chapter: Chapter, step: Step, wording: Wording) -> Iterator[Block]:
    changes = [wording.turn(knob, change) for knob, change in step.changes.items() if change]
    yield Sentence(
        wording.say(
            "step.taken",
            rate=f"{step.learning_rate:g}",
            changes=wording.say("separator.changes").join(changes),
        )
    )
    if step.held:
        held = [wording.word("knob", knob) for knob in step.held]
        yield Sentence(wording.say("step.kept", knobs=wording.say("separator.words").join(held)))
    predicted, real = wording.gain(step.predicted), wording.gain(step.real)
    yield Sentence(
        wording.say("step.checked", predicted=predicted, real=real),
        "score",
        chapter.ledger.source("score"),
    )
    if step.real < 0 < step.predicted:
        yield Sentence(wording.say("step.overshot", rate=f"{step.learning_rate:g}"))
    elif step.real < 0.5 * step.predicted:
        yield Sentence(wording.say("step.short"))
