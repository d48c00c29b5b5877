"""Turning emitted source text into functions."""

from __future__ import annotations

import hashlib
from typing import Any, Final

#: Lines per emitted function; compiling grows faster than linearly with the length of a function.
CHUNK_LINES: Final = 2000


def load_source(text: str, namespace: dict[str, Any], name: str) -> Any:
    """Compile ``text`` and return what it defines as ``name``."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    filename = f"<emitted {name} {digest}>"
    scope = dict(namespace)
    exec(compile(text, filename, "exec"), scope)
    return scope[name]
