"""One page for the phone that needs no network: the next cup, what is known, and a form that makes one line.

The line is a whole ``simulator dial rate`` command with the cup's settings written out, so that it can be
pasted at any later time.
"""

from __future__ import annotations

import json
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup

from simulator.dialin.customer import WORDS
from simulator.dialin.reasons import Ideal, ideal
from simulator.dialin.session import Session
from simulator.dialin.traits import TRAITS, Array, some_of

_WIDTH, _HEIGHT, _EDGE = 360.0, 260.0, 42.0
_EXTRACTION, _TDS = (12.0, 26.0), (0.6, 2.0)  # what the chart shows, percent
_DRAWS = 64


def page(session: Session, name: str, lines: dict[str, str], rater: str = "") -> str:
    """The page's HTML.

    Args:
        session: what is known.
        name: of the diary.
        lines: texts for ``card``, ``told``, ``why`` and ``known``.
        rater: who drinks, if not the diary's own person.
    """
    suggestion = session.suggest()
    kit = session.kit
    settings = suggestion.settings
    fields = [
        {"label": label, "option": option, "value": f"{value:g}"}
        for label, option, value in (
            ("grind", "grind", kit.grinder.setting(settings["grind_um"])),
            ("seconds", "time-s", settings["time_s"]),
            ("g milk", "milk-g", round(settings["milk_g"] / kit.gram)),
            ("g sugar", "sugar-g", round(settings["sugar_g"] / kit.gram)),
        )
    ]
    region = ideal(session.counter, session.posterior().traits, session.outlook())
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(
        (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
    )
    return template.render(
        name=name,
        number=len(session.cups) + 1,
        step=session.rating_step,
        words=WORDS,
        fields=fields,
        chart=Markup(chart(region)),
        draws=_json(_draws(session)),
        name_json=_json(name),
        rater_json=_json(rater),
        **lines,
    )


def _json(thing: object) -> Markup:
    """JSON that may stand inside a script."""
    text = json.dumps(thing).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return Markup(text)


def _draws(session: Session) -> dict[str, object]:
    """Some customers of the posterior, for whoever wants to compute with them."""
    traits = some_of(session.posterior().traits, _DRAWS)
    return {"traits": [t.name for t in TRAITS], "draws": np.round(traits.T, 4).tolist()}


def chart(region: Ideal) -> str:
    """The brewing control chart with each draw's ideal, as SVG."""
    x, y = _x(region.extraction_yield_pct), _y(region.tds_pct)
    dots = "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.5"/>' for a, b in zip(x, y, strict=True)
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" '
        'aria-label="Brewing control chart with the ideal of this customer">'
        "<style>text{font:11px system-ui,sans-serif;fill:currentColor}</style>"
        f"{_frame()}<g fill='#b5651d' fill-opacity='.35'>{dots}</g>{_ring(x, y)}</svg>"
    )


def _x(extraction: Array) -> Array:
    low, high = _EXTRACTION
    part = (np.clip(extraction, low, high) - low) / (high - low)
    placed: Array = _EDGE + part * (_WIDTH - _EDGE - 10.0)
    return placed


def _y(tds: Array) -> Array:
    low, high = _TDS
    part = (np.clip(tds, low, high) - low) / (high - low)
    placed: Array = _HEIGHT - _EDGE - part * (_HEIGHT - _EDGE - 10.0)
    return placed


def _frame() -> str:
    left, right = _x(np.array(_EXTRACTION)).tolist()
    low, high = _y(np.array(_TDS)).tolist()
    # The usual target of the chart: 18-22 % extraction, 1.15-1.35 % strength.
    a, b = _x(np.array([18.0, 22.0])).tolist()
    c, d = _y(np.array([1.35, 1.15])).tolist()
    ticks = "".join(
        f'<text x="{_x(np.array(v)):.0f}" y="{low + 15:.0f}" text-anchor="middle">{v}</text>'
        for v in (14, 18, 22, 26)
    ) + "".join(
        f'<text x="{left - 5:.0f}" y="{_y(np.array(v)) + 4:.0f}" text-anchor="end">{v}</text>'
        for v in (0.8, 1.2, 1.6, 2.0)
    )
    return (
        f'<rect x="{left:.0f}" y="{high:.0f}" width="{right - left:.0f}" height="{low - high:.0f}" '
        'fill="none" stroke="currentColor" stroke-opacity=".4"/>'
        f'<rect x="{a:.0f}" y="{c:.0f}" width="{b - a:.0f}" height="{d - c:.0f}" '
        'fill="#4a7a3a" fill-opacity=".15"/>'
        f'{ticks}<text x="{(left + right) / 2:.0f}" y="{low + 32:.0f}" text-anchor="middle">'
        f'extraction, %</text><text x="{left:.0f}" y="{high - 1:.0f}">TDS, %</text>'
    )


def _ring(x: Array, y: Array) -> str:
    """The ellipse that would hold nine of ten dots, were they spread normally."""
    places = np.stack([x, y])
    sizes, vectors = np.linalg.eigh(np.cov(places) + 1e-9 * np.eye(2))
    reach = np.sqrt(4.605 * np.maximum(sizes, 0.25))
    turn = np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))
    cx, cy = places.mean(axis=1)
    return (
        f'<ellipse rx="{reach[1]:.1f}" ry="{reach[0]:.1f}" fill="none" stroke="#7a4a21" '
        f'stroke-width="2" transform="translate({cx:.1f} {cy:.1f}) rotate({turn:.1f})"/>'
    )
