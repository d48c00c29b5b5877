"""The story in words: beans and customers, each cup forward, its verdict, and how it all ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.coffee import Opinion, RatingNoise
from simulator.explain.accusation import accuse
from simulator.explain.document import Block, Heading, Sentence, Table
from simulator.explain.story import Chapter, Story
from simulator.explain.wording import Wording

_UNITS: Mapping[str, str] = {
    "strength": "tds_equivalents",
    "bitterness": "tds_equivalents",
    "sourness": "tds_equivalents",
    "mouthfeel": "tds_equivalents",
    "sweetness": "of_ten",
    "creaminess": "of_ten",
    "grittiness": "of_one",
}


def narrate(story: Story, wording: Wording) -> tuple[Block, ...]:
    """The whole story as headings, sentences and tables."""
    return tuple(_narrate(story, wording))


def _narrate(story: Story, wording: Wording) -> Iterator[Block]:
    yield from _opening(story, wording)
    for chapter in story.chapters:
        number = str(chapter.number)
        yield Heading(wording.say("forward.heading", number=number))
        yield from _forward(chapter, wording)
        yield Heading(wording.say("verdict.heading"), 3)
        yield from _verdict(chapter, wording)
        if chapter.step is not None or len(story.chapters) == 1:
            yield from accuse(chapter, wording)
    yield from _ending(story, wording)


def _opening(story: Story, wording: Wording) -> Iterator[Block]:
    experiment = story.problem.experiment
    brew = story.problem.experiment.brew.brew()
    liquid = "water" if brew.method == "immersion" else "beverage"
    yield Heading(wording.say("story.title", name=experiment.name), 1)
    first = story.chapters[0].recipe
    yield Sentence(
        wording.say(
            "story.beans",
            bean=wording.word("bean", experiment.bean.name),
            method=wording.word("method", str(brew.method)),
            dose=f"{first.get('dose_g', brew.dose_g):g}",
            liquid=f"{first.get(f'{liquid}_g', getattr(brew, f'{liquid}_g')):g}",
            liquid_name=wording.word("liquid", liquid),
            temperature=f"{first.get('temperature_c', brew.temperature_c):g}",
        )
    )
    knobs = [wording.word("knob", knob) for knob in story.problem.knobs]
    yield Sentence(wording.say("story.parameters", knobs=_listed(knobs, wording)))
    shares = [
        f"{wording.word('segment', segment.name)} {share:.0%}"
        for segment, share in story.problem.customers
    ]
    yield Sentence(wording.say("story.customers", customers=_listed(shares, wording)))
    objective = experiment.objective
    if wording.is_share:
        threshold, width = f"{objective.threshold:g}", f"{objective.width:g}"
        yield Sentence(wording.say("story.goal_share", threshold=threshold, width=width))
    else:
        yield Sentence(wording.say("story.goal_score"))
    noise = RatingNoise()
    yield Sentence(
        wording.say(
            "story.scatter",
            within=f"{noise.within_person_sd:.1f}",
            between=f"{noise.between_person_sd:.1f}",
        )
    )
    if any(recipe.recipe["milk_g"] or recipe.recipe["sugar_g"] for recipe in story.chapters):
        yield Sentence(wording.say("story.chosen"))
    yield Sentence(wording.say("story.metaphor"))


def _forward(chapter: Chapter, wording: Wording) -> Iterator[Block]:
    tasting, ledger = chapter.tasting, chapter.ledger
    extraction, cup = tasting.extraction, tasting.cup

    def told(key: str, node: str, **values: str) -> Sentence:
        return Sentence(wording.say(key, **values), node, ledger.source(node))

    yield told(
        "forward.grinder",
        "grounds.fines_fraction",
        grind=f"{chapter.recipe['grind_um']:.0f}",
        fines=f"{100 * float(tasting.grounds.fines_fraction):.0f}",
    )
    yield told(
        "forward.brewer",
        "extraction.extraction_yield_pct",
        time=f"{chapter.recipe['time_s']:.0f}",
        ey=f"{float(extraction.extraction_yield_pct):.1f}",
        acid=f"{float(extraction.acid_yield_pct):.1f}",
        middle=f"{float(extraction.middle_yield_pct):.1f}",
        bitter=f"{float(extraction.bitter_yield_pct):.1f}",
        tds=f"{float(extraction.tds_pct):.2f}",
    )
    lost = float(extraction.channelled_fraction)
    if lost >= 0.005:
        yield told("forward.channelled", "extraction.channelled_fraction", lost=f"{100 * lost:.0f}")
    yield told(
        "forward.cup",
        "cup.solids_g_kg",
        milk=f"{chapter.recipe['milk_g']:.1f}",
        sugar=f"{chapter.recipe['sugar_g']:.1f}",
        solids=f"{float(cup.solids_g_kg):.1f}",
        fat=f"{float(cup.fat_g_kg):.1f}",
        sweet=f"{float(cup.sugar_g_kg):.1f}",
    )
    yield Sentence(wording.say("forward.tongue"))
    nodes = [f"perception.{quantity}" for quantity in _UNITS]
    yield Table(
        [wording.say(f"forward.column_{name}") for name in ("quantity", "value", "unit")],
        [
            (
                wording.quantity(quantity),
                f"{float(getattr(tasting.perception, quantity)):.2f}",
                wording.say(f"unit.{unit}"),
            )
            for quantity, unit in _UNITS.items()
        ],
        [(node, ledger.source(node)) for node in nodes],
        frozenset({1}),
    )


def _verdict(chapter: Chapter, wording: Wording) -> Iterator[Block]:
    key = "verdict.share" if wording.is_share else "verdict.score"
    loss = wording.objective(chapter.blame.loss)
    node = "score"
    yield Sentence(
        wording.say(key, score=wording.objective(chapter.objective), loss=loss),
        node,
        chapter.ledger.source(node),
    )
    columns = ("customers", "share", "score", "says", "next")
    verdicts = zip(
        chapter.tasting.segments, wording.problem.customers, chapter.opinions, strict=True
    )
    names = [f"segments.{each.name}.score" for each in chapter.tasting.segments]
    yield Table(
        [wording.say(f"verdict.column_{name}") for name in columns],
        [
            (
                wording.word("segment", verdict.name),
                f"{weight:.0%}",
                f"{float(verdict.score):.2f}",
                *(
                    f"{wording.word('says', said)} {share:.0%}"
                    for said, share in _first_two(opinion)
                ),
            )
            for verdict, (_, weight), opinion in verdicts
        ],
        [(name, chapter.ledger.source(name)) for name in names],
        frozenset({1, 2}),
    )
    yield Sentence(wording.say("verdict.says_note"))


def _first_two(opinion: Opinion) -> list[tuple[str, float]]:
    return list(opinion.says.items())[:2]


def _ending(story: Story, wording: Wording) -> Iterator[Block]:
    first, last = story.chapters[0], story.chapters[-1]
    yield Heading(wording.say("end.heading"))
    if last is not first:
        gain = wording.gain(last.objective - first.objective)
        yield Sentence(
            wording.say(
                "end.last",
                number=str(last.number),
                score=wording.objective(last.objective),
                gain=gain,
            )
        )
    key = "end.converged" if story.converged else "end.unfinished"
    yield Sentence(wording.say(key, steepest=wording.points(last.steepest)))


def _listed(words: list[str], wording: Wording) -> str:
    return wording.say("separator.words").join(words)
