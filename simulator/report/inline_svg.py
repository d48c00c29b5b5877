"""Figures inside a page: SVG that keeps its names to itself and says in words what it shows."""

from __future__ import annotations

import re

from markupsafe import Markup, escape
from matplotlib.figure import Figure

from simulator.figures import svg_text

_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_OPENING = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_VIEW_BOX = re.compile(r'viewBox="([^"]+)"')
_STYLE = re.compile(r'<style type="text/css">\*\{(.*?)\}</style>', re.DOTALL)
_ID = re.compile(r'\bid="([^"]+)"')
_REFERENCE = re.compile(r'(url\(#|href="#)([^)"]+)')


def inline_svg(figure: Figure, name: str, says: str) -> Markup:
    """The figure as an ``<svg>`` element for the middle of an HTML page.

    Identifiers and style rules are the element's own, so that several figures live in one page; no
    address is left in it. ``says`` is read out instead of the picture.
    """
    text = _METADATA.sub("", _HEAD.sub("", svg_text(figure), count=1))
    view = _VIEW_BOX.search(text)
    assert view is not None
    text = _ID.sub(lambda found: f'id="{name}-{found[1]}"', text)
    text = _REFERENCE.sub(lambda found: f"{found[1]}{name}-{found[2]}", text)
    text = _STYLE.sub(lambda found: f"<style>#{name} *{{{found[1]}}}</style>", text)
    opening = (
        f'<svg id="{name}" viewBox="{view[1]}" role="img" '
        f'aria-label="{escape(says)}"><title>{escape(says)}</title>'
    )
    return Markup(_OPENING.sub(lambda _: opening, text, count=1).strip())
