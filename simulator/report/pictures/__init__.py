"""The pictures of an experiment: each gathers what it shows from results and the model, and draws it.

``simulator plot`` and the report take them from :data:`PICTURES`; the drawing itself is in
:mod:`simulator.figures`.
"""

from simulator.report.pictures.material import Material, material_of
from simulator.report.pictures.registry import (
    PICTURES,
    USUAL,
    Animation,
    Picture,
    checked_names,
    draw_pictures,
    lacking,
)

__all__ = [
    "PICTURES",
    "USUAL",
    "Animation",
    "Material",
    "Picture",
    "checked_names",
    "draw_pictures",
    "lacking",
    "material_of",
]
