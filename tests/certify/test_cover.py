"""The cover: whatever its codes are, the derived boxes cover the unit box."""

import numpy as np
import pytest

from simulator.certify.boxes import Boxes, joined
from simulator.certify.cover import Cover, children, packed, sign_codes, signs, unpacked


def grown(size, steps, seed=0):
    """A cover of random cuts, and its leaves."""
    random = np.random.default_rng(seed)
    cover, open_boxes, leaves = Cover(), Boxes.whole(size), []
    for _ in range(steps):
        codes = random.integers(0, size + 1, len(open_boxes)).astype(np.uint32)
        codes = np.maximum(codes, 1) if len(open_boxes) < 4 else codes
        leaves.append(open_boxes[codes == 0])
        fresh, count = children(open_boxes, codes, is_smooth=True)
        nodes = cover.record(open_boxes.node, codes, count)
        open_boxes = Boxes(fresh.low, fresh.high, fresh.floor, nodes)
    return cover, joined([*leaves, open_boxes])


def derived(codes, size):
    """Leaves of a cover from its codes alone."""
    level, used, leaves = Boxes.whole(size), 0, []
    while len(level):
        part = codes[used : used + len(level)]
        used += part.size
        leaves.append(level[part == 0])
        level, _ = children(level, part, is_smooth=True)
    assert used == codes.size
    return joined(leaves)


def corners(boxes):
    return sorted(map(tuple, np.concatenate([boxes.low, boxes.high]).T.tolist()))


@pytest.mark.parametrize("size", [1, 2, 4])
def test_boxes_derived_from_codes_are_those_that_were_recorded(size):
    cover, leaves = grown(size, 9)
    assert corners(derived(cover.by_level(), size)) == corners(leaves)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_halving_loses_no_room(size):
    _, leaves = grown(size, 9)
    assert (leaves.high - leaves.low).prod(axis=0).sum() == pytest.approx(1.0, abs=1e-12)


def test_sign_codes_tell_their_signs():
    random = np.random.default_rng(0)
    digit = random.integers(0, 3, (12, 500))
    rising, falling = signs(sign_codes(digit == 1, digit == 2), 12)
    assert (rising == (digit == 1)).all()
    assert (falling == (digit == 2)).all()


def test_a_box_that_rises_away_from_the_boundary_leaves_its_face_there():
    whole = Boxes.whole(2)
    code = sign_codes(np.array([[True], [False]]), np.array([[False], [True]]))
    face, count = children(whole, code, is_smooth=True)
    assert count.tolist() == [1]
    assert face.low[:, 0].tolist() == face.high[:, 0].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("smooth", "left"), [(True, 0), (False, 1)])
def test_a_box_that_rises_away_from_its_neighbour_leaves_nothing_if_the_function_is_smooth(
    smooth, left
):
    box = Boxes(np.array([[0.5]]), np.array([[1.0]]), np.zeros(1), np.zeros(1, np.int64))
    code = sign_codes(np.array([[True]]), np.array([[False]]))
    assert children(box, code, is_smooth=smooth)[1].tolist() == [left]


def test_packing_keeps_every_code():
    codes = np.random.default_rng(0).integers(0, 2**32, 1000, dtype=np.uint32)
    assert (unpacked(packed(codes)) == codes).all()


@pytest.mark.parametrize("text", ["", "?", "AAAA", packed(np.ones(9, np.uint32))[:-8], "é"])
def test_what_is_no_cover_is_refused(text):
    with pytest.raises(ValueError, match="cover"):
        unpacked(text)
