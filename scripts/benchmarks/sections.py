"""The tables in a README.md, written by the script that measured them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).parent / "README.md"


def replace_section(text: str, name: str, lines: Sequence[str]) -> str:
    """The page with the lines between the marks of a section.

    Raises:
        ValueError: the page has no such section.

    >>> replace_section("a\\n<!-- x -->\\nold\\n<!-- end of x -->\\nb", "x", ["new"])
    'a\\n<!-- x -->\\nnew\\n<!-- end of x -->\\nb'
    """
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    if begin not in text or end not in text:
        raise ValueError(f"the page has no lines {begin.strip()} and {end}")
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return before + begin + "\n".join(lines) + "\n" + end + after


def write_section(name: str, lines: Sequence[str], page: Path = PAGE) -> None:
    """Into a page, by default README.md beside this file."""
    text = page.read_text(encoding="utf-8")
    page.write_text(replace_section(text, name, lines), encoding="utf-8")
