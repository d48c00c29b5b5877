"""Backpropagation: from a graph to the graph of its derivatives.

The reverse sweep walks the nodes from the output back to the inputs. Each node holds an adjoint, the
derivative of the output with respect to it, and hands every parent its share: the adjoint times the
local partial derivative. Shares that meet are added. That is the chain rule, and all of it.

The sweep writes new nodes, so a derivative is a graph like any other and can be differentiated again.

One subtlety. ``where(c, a, b)`` must send nothing, not zero times something, to the branch not taken:
that branch may be infinite or NaN, and 0 · inf is NaN. So a share travels as a *term*, a mask and an
unmasked expression, and the mask is applied only where shares with different masks meet, and at the
inputs.

Two things are known that the chain rule line by line does not see: products of exponentials want y·ȳ and
not ȳ (`exponentials`), and a formula's author may have said its slope (`known_slope`).
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import partial

from simulator.autodiff.exponentials import by_logarithm, exponentials, of_a_factor
from simulator.autodiff.folding import is_constant, is_named
from simulator.autodiff.node import Node, apply, constant
from simulator.autodiff.recorder import recording
from simulator.autodiff.topology import topological

#: (mask or None, expression): the expression counts where the mask holds, everywhere without one.
Term = tuple[Node | None, Node]
Shares = defaultdict[int, list[Term]]


def pull_back(
    outputs: Sequence[Node], adjoints: Sequence[Node], inputs: Sequence[Node]
) -> list[Node]:
    """Reverse mode: Σ adjointᵢ · ∂outputᵢ/∂input for every input, as new nodes."""
    with recording() as recorder:
        nodes = topological(outputs, inputs)
        relevant = _depends_on(nodes, inputs)
        roots = {node.serial for node in inputs}
        exponential = exponentials(nodes, relevant, roots)
        shares: Shares = defaultdict(list)
        by_log: Shares = defaultdict(list)  # of the exponentials: ∂/∂ log node
        for output, adjoint in zip(outputs, adjoints, strict=True):
            shares[output.serial].append((None, adjoint))
        for node in reversed(nodes):
            if node.serial in roots or node.primitive is None:
                continue
            recorder.deriving = node
            term = gather(shares.pop(node.serial, ()))
            if node.serial in exponential:
                plain = () if term is None else [masked(term[0], term[1] * node)]
                term = gather([*by_log.pop(node.serial, ()), *plain])
            if term is None:
                continue
            mask, adjoint = term
            for parent, is_by_log, share in _shares(node, adjoint, roots, exponential):
                if parent.serial in relevant:
                    (by_log if is_by_log else shares)[parent.serial].append(masked(mask, share))
        return [applied(gather(shares[node.serial])) for node in inputs]


def _shares(
    node: Node, adjoint: Node, roots: Set[int], exponential: Set[int]
) -> Iterator[tuple[Node, bool, Node]]:
    """What a node hands each parent, and whether that is ∂/∂ log parent."""
    if node.serial in exponential:
        is_product = not is_named(node, "exp")
        for parent, share in by_logarithm(node, adjoint):
            yield parent, is_product, share
        return
    for parent, pull in _edges(node, roots):
        whole = of_a_factor(node, parent, adjoint) if parent.serial in exponential else None
        yield parent, whole is not None, pull(adjoint) if whole is None else whole


def push_forward(
    outputs: Sequence[Node], inputs: Sequence[Node], tangents: Sequence[Node]
) -> list[Node]:
    """Forward mode: Σ ∂output/∂inputᵢ · tangentᵢ for every output, as new nodes."""
    with recording() as recorder:
        roots = {node.serial for node in inputs}
        moving: dict[int, Term | None] = {}
        for node, tangent in zip(inputs, tangents, strict=True):
            moving[node.serial] = gather([masked(None, tangent)])
        for node in topological(outputs, inputs):
            if node.serial in moving or node.primitive is None:
                continue
            recorder.deriving = node
            terms = []
            for parent, pull in _edges(node, roots):
                term = moving.get(parent.serial)
                if term is not None:
                    terms.append(masked(term[0], pull(term[1])))
            moving[node.serial] = gather(terms)
        return [applied(moving.get(node.serial)) for node in outputs]


def _edges(node: Node, roots: Set[int]) -> Iterator[tuple[Node, Callable[[Node], Node]]]:
    """What a node was made from, each with the product of an adjoint or tangent and the partial derivative.

    A formula whose author has said its slope is one edge, unless an input lies inside it.
    """
    slope = node.slope
    if slope is not None and slope.inside.isdisjoint(roots):
        yield slope.operand, partial(operator.mul, slope.value)
        return
    assert node.primitive is not None
    for parent, pull in zip(node.parents, node.primitive.pulls, strict=True):
        if pull is not None:
            yield parent, partial(_pulled, pull, node)


def _pulled(pull: Callable[..., Node], node: Node, g: Node) -> Node:
    return pull(g, node, *node.parents)


def _depends_on(nodes: Iterable[Node], inputs: Iterable[Node]) -> set[int]:
    relevant = {node.serial for node in inputs}
    for node in nodes:
        if any(parent.serial in relevant for parent in node.parents):
            relevant.add(node.serial)
    return relevant


def masked(mask: Node | None, share: Node) -> Term:
    """A share as a term: ``where(c, e, 0)`` becomes the mask c on e, joined with ``mask``."""
    share = share if isinstance(share, Node) else constant(share)
    while share.primitive is not None and share.primitive.name == "where":
        condition, a, b = share.parents
        if is_constant(b, 0.0):
            share = a
        elif is_constant(a, 0.0):
            condition, share = apply("logical_not", condition), b
        else:
            break
        mask = condition if mask is None else apply("logical_and", mask, condition)
    return mask, share


def gather(terms: Iterable[Term]) -> Term | None:
    """The sum of terms as one term; None for no terms. Zeros that are certain leave no trace."""
    by_mask: dict[int | None, Term] = {}
    for mask, share in terms:
        if is_constant(share, 0.0):
            continue
        key = None if mask is None else mask.serial
        known = by_mask.get(key)
        by_mask[key] = (mask, share if known is None else known[1] + share)
    groups = list(by_mask.values())
    if len(groups) == 2 and (joined := _either_or(*groups)) is not None:
        return None, joined
    if len(groups) <= 1:
        return groups[0] if groups else None
    total = applied(groups[0])
    for group in groups[1:]:
        total = total + applied(group)
    return None, total


def _either_or(first: Term, second: Term) -> Node | None:
    """Two shares of which always exactly one counts: a plain ``where``."""
    (mask, share), (other, other_share) = first, second
    if mask is None or other is None or apply("logical_not", mask).serial != other.serial:
        return None
    result: Node = apply("where", mask, share, other_share)
    return result


def applied(term: Term | None) -> Node:
    """A term as a node: 0 where the mask does not hold."""
    if term is None:
        return constant(0.0)
    mask, share = term
    result: Node = share if mask is None else apply("where", mask, share, 0.0)
    return result
