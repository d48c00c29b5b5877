"""What an unquoted word in a config means: YAML 1.2's core schema, minus its surprises.

Numbers are read as people write them (``1e-3``, ``1E5``, ``.5``); only ``true`` and ``false`` are
booleans; nothing (``null``, ``~`` or an empty place) is null. Everything else is text: ``no``,
``on``, ``1:30``, ``2024-01-31``. Spellings that different readers take for different numbers
(``012`` is ten in YAML 1.1 and twelve in YAML 1.2; ``0x1F``, ``1_000``) stay text as well, so a
place that needs a number refuses them instead of guessing; :func:`number_advice` says why.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,99})")
_DECIMAL = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"([-+]?\.(?:inf|Inf|INF))|(\.(?:nan|NaN|NAN))")
_BOOLEANS = {
    f(word): word == "true" for word in ("true", "false") for f in (str, str.title, str.upper)
}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_ADVICE = (
    (re.compile(r"[-+]?0[0-9]+"), "a leading zero means octal to some readers: write {stripped}"),
    (
        re.compile(r"[-+]?[0-9][0-9,_]*[,_][0-9,_.]*"),
        "write {joined}, without separators",
    ),
    (re.compile(r"[-+]?0[xob][0-9a-fA-F]+"), "write the number in decimal digits"),
    (re.compile(r"[-+]?[0-9]+(:[0-9]{1,2})+"), "write the time in seconds"),
    (re.compile(r"[-+]?[0-9.]+\s*%"), "write a share as a fraction, such as 0.25"),
    (
        re.compile(r"[-+]?[0-9.]+\s*[a-zA-Zµ°]+"),
        "write the number alone: the unit is part of the key",
    ),
)


def plain_scalar(text: str) -> Scalar:
    """Read an unquoted scalar.

    A decimal too large for a float becomes infinity (``1e400``), which every number in a config
    refuses.

    >>> [plain_scalar(text) for text in ("1e-3", "1E5", ".5", "12", "-3.", "true", "~")]
    [0.001, 100000.0, 0.5, 12, -3.0, True, None]
    >>> [plain_scalar(text) for text in ("no", "on", "012", "1:30", "2024-01-31", "1_000", "0x1F")]
    ['no', 'on', '012', '1:30', '2024-01-31', '1_000', '0x1F']
    """
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def number_advice(text: str) -> str:
    """How to write the text ``text`` as the number it probably means, or an empty string.

    >>> number_advice("012")
    'a leading zero means octal to some readers: write 12'
    >>> number_advice("240s")
    'write the number alone: the unit is part of the key'
    >>> number_advice("hello")
    ''
    """
    value = plain_scalar(text)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"remove the quotes: {text}"
    for pattern, advice in _ADVICE:
        if pattern.fullmatch(text.strip()):
            joined = re.sub(r"[,_]", "", text.strip())
            return advice.format(stripped=text.strip().lstrip("+0") or "0", joined=joined)
    return ""
