"""Every field of a config, misspelt, of the wrong kind and out of range: always line, key and remedy.

``tests/experiment/test_config_mutations.py`` draws such faults by lot; here each field has its turn, and
the command line speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from simulator.experiment.config import loads

FULL = """\
name: full
description: words
seed: 12
bean: {name: mine, e_max: 0.25, acid_share: 0.2, middle_share: 0.3, bitter_share: 0.4, quality_points: -1}
tune: {grind_um: {low: 300, high: 900, scale: linear}, beverage_g: [20, 40], sugar_g: [0, 10]}
brew: {method: espresso, dose_g: 18.5, temperature_c: 92}
fixed: {time_s: 30, milk_g: 12.5}
customers: {black-strong: 1, milk: 2}
objective: {kind: share-above, threshold: 6}
noise: {customers_per_cup: 9, tds_slope_sd: 0.2}
starts: {repeats: 3, draw: random, within: {sugar_g: [1, 2]}}
stop: {max_evaluations: 77, value_tolerance: 1e-3}
optimizers: [adam, {method: rmsprop, learning_rate: {schedule: step, start: 0.2, factor: 0.5, every: 30}}]
check: {methods: [nelder-mead], tolerance: 0.2}
"""
BASE = loads(FULL).resolved()
OF_THE_WRONG_KIND = {"list": [[1]], "mapping": {"x": 1}, "word": "?"}


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from paths(inner, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def changed(path: tuple[Any, ...], key: Any, value: Any) -> Any:
    """A config in which what stands at a path has another key and value."""
    copy = yaml.safe_load(yaml.safe_dump(BASE))
    parent = at(copy, path[:-1])
    if isinstance(parent, list):
        parent[path[-1]] = value
        return copy
    items = [(key, value) if name == path[-1] else (name, old) for name, old in parent.items()]
    parent.clear()
    parent.update(items)
    return copy


FIELDS = [path for path in paths(BASE) if path[0] != "description"]


@pytest.mark.parametrize("path", FIELDS, ids=lambda path: ".".join(map(str, path)))
def test_a_spoilt_field_is_named_with_line_key_and_remedy(
    simulator: Any, config: Any, measured: Any, path: tuple[Any, ...]
):
    old = at(BASE, path)
    # A bean of one's own and an optimizer may be called anything.
    free = path == ("bean", "name") or path[-1] == "label"
    kinds = [wrong for kind, wrong in OF_THE_WRONG_KIND.items() if not (free and kind == "word")]
    spoilt = [changed(path, path[-1], wrong) for wrong in kinds]
    if isinstance(path[-1], str):
        spoilt.append(changed(path, f"{path[-1]}q", old))
    if isinstance(old, int | float):
        spoilt += [changed(path, path[-1], wrong) for wrong in (-1e30, float("nan"), float("inf"))]
    for each in spoilt:
        said = simulator("validate", config(yaml.safe_dump(each, sort_keys=False)))
        assert said.status == 2, each
        blocks = re.split(r"(?m)^(?=\S*cup\.yaml:\d+:\d+: )", said.err)[1:]
        assert blocks, said.err
        for block in blocks:
            assert re.match(r"\S*cup\.yaml:\d+:\d+: [\w.-]+: ", block), block
            assert re.search(r"^ +(fix|expected|reason|nearest) ", block, re.MULTILINE), block
    measured("schema", mutated=len(spoilt), unnamed=0)
