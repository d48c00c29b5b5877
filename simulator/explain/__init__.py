"""The voice: a cup brewed forward, its verdict, the blame backward, and the change that helps most.

Everything said is read off the graph's values and adjoints, and checked by brewing. See README.md.
"""

from simulator.explain.catalogue import LANGUAGES, Catalogue, catalogue
from simulator.explain.dial import Dial, MakeUp, turn_dial
from simulator.explain.document import Block, Heading, Sentence, Table, markdown
from simulator.explain.narration import narrate
from simulator.explain.plain import as_json
from simulator.explain.start import starting_recipe
from simulator.explain.story import LEARNING_RATE, Chapter, Step, Story, tell
from simulator.explain.wording import Wording, signed

__all__ = [
    "LANGUAGES",
    "LEARNING_RATE",
    "Block",
    "Catalogue",
    "Chapter",
    "Dial",
    "Heading",
    "MakeUp",
    "Sentence",
    "Step",
    "Story",
    "Table",
    "Wording",
    "as_json",
    "catalogue",
    "markdown",
    "narrate",
    "signed",
    "starting_recipe",
    "tell",
    "turn_dial",
]
