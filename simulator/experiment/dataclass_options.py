"""Fills a dataclass (an optimizer's options, a stopping rule) from a mapping of a config.

The dataclass stays what it is: field types say what a value must be, defaults fill in what is not
written, the docstring below a field describes it, and ``__post_init__`` raises ValueError with a
message such as ``beta must be a number < 1, got 2`` for what types cannot say.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from pydantic_core import PydanticCustomError

from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.faults import one_of
from simulator.experiment.values import JsonSchema, Kind, Number, Switch, Text, Word, unknown_key

_MUST_BE = re.compile(r"(?P<name>\w+) must be (?P<expected>.*?),? (?:but )?got .*", re.DOTALL)


@dataclass(frozen=True)
class Options:
    """The kind of value that fills the dataclass ``holder``; ``what`` names it in messages.

    >>> from simulator.optimizers import Stopping
    >>> Options(Stopping, "a stopping rule").check({"max_evaluations": 300}).max_evaluations
    300
    """

    holder: type[Any]
    what: str

    def check(self, value: Any) -> Any:
        """Return an instance; complain about all unknown, missing and unusable options at once."""
        kinds = option_kinds(self.holder)
        if not isinstance(value, Mapping):
            expected = (
                f"settings such as {{{', '.join(f'{name}: ...' for name in list(kinds)[:2])}}}"
            )
            raise complaint(f"not {self.what}", expected=expected)
        complaints, options = Complaints(), {}
        for name, given in value.items():
            with complaints.gathered(name):
                options[name] = self._kind(name, kinds).check(given)
        for field in _settable(self.holder):
            if _required(field) and field.name not in value:
                expected = option_docs(self.holder).get(field.name, "")
                remedy = f"add {field.name}: ..."
                told = complaint("is missing", expected=expected, remedy=remedy)
                complaints.add(told, field.name)
        return _built(self.holder, options, complaints)

    def json_schema(self) -> JsonSchema:
        """Describe all options with their documentation and defaults."""
        kinds, docs = option_kinds(self.holder), option_docs(self.holder)
        properties: JsonSchema = {}
        for field in _settable(self.holder):
            schema = kinds[field.name].json_schema()
            if docs.get(field.name):
                schema["description"] = docs[field.name]
            if field.default is not MISSING:
                schema["default"] = plain(field.default)
            properties[field.name] = schema
        required = [field.name for field in _settable(self.holder) if _required(field)]
        whole = {"type": "object", "properties": properties, "additionalProperties": False}
        return whole | ({"required": required} if required else {})

    def _kind(self, name: str, kinds: Mapping[str, Kind]) -> Kind:
        if name in kinds:
            return kinds[name]
        raise unknown_key(name, kinds, f"{self.what} has no such option")


@dataclass(frozen=True)
class OneKindOf:
    """A number, nothing, or one of several dataclasses told apart by a field that names them."""

    simple: tuple[Kind, ...]
    named: Mapping[str, type[Any]]
    """Which dataclass each word in the field ``tag`` stands for."""
    tag: str
    optional: bool

    def check(self, value: Any) -> Any:
        """Return the value or the dataclass it describes."""
        if value is None and self.optional:
            return None
        if not isinstance(value, Mapping) or not self.named:
            return self._simple(value)
        complaints = Complaints()
        if value.get(self.tag) not in list(self.named):
            refuse_unknown(value, self.named.values(), complaints)
        with complaints.gathered(self.tag):
            Word(f"a {self.tag}", tuple(self.named)).check(value.get(self.tag))
        complaints.refuse()
        name = value[self.tag]
        return Options(self.named[name], f"the {self.tag} {name}").check(value)

    def json_schema(self) -> JsonSchema:
        """Describe the alternatives."""
        schemas = [kind.json_schema() for kind in self.simple]
        for name, holder in self.named.items():
            whole = Options(holder, name).json_schema()
            about = {"const": name, "description": f"Which {self.tag}."}
            whole["properties"] = {self.tag: about} | {
                option: described
                for option, described in whole["properties"].items()
                if option != self.tag
            }
            whole["required"] = [self.tag, *whole.get("required", [])]
            schemas.append(whole)
        if self.optional:
            schemas.append({"type": "null"})
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def _simple(self, value: Any) -> Any:
        for kind in self.simple[:-1]:
            complaints = Complaints()
            with complaints.gathered():
                return kind.check(value)
        if self.simple:
            return self.simple[-1].check(value)
        raise complaint("not settings", expected=f"a mapping with {self.tag}: {one_of(self.named)}")


def refuse_unknown(
    given: Iterable[str],
    holders: Iterable[type[Any]],
    complaints: Complaints,
    others: Iterable[str] = (),
) -> None:
    """Complain about keys that are an option of none of ``holders`` and none of ``others``."""
    known = dict.fromkeys(others)
    for holder in holders:
        known |= dict.fromkeys(field.name for field in _settable(holder))
    for key in given:
        if key not in known:
            complaints.add(unknown_key(key, known, "unknown option"), key)


def option_kinds(holder: type[Any]) -> Mapping[str, Kind]:
    """The kind of value of each option of a dataclass, in the order of its fields.

    Raises TypeError for a field whose type no config can hold.
    """
    return _kinds_of(cast(Hashable, holder))


@cache
def _kinds_of(holder: Any) -> Mapping[str, Kind]:
    hints = get_type_hints(holder)
    kinds = {field.name: _kind_of(hints[field.name]) for field in _settable(holder)}
    return types.MappingProxyType(kinds)


def option_docs(holder: type[Any]) -> dict[str, str]:
    """The docstrings below the fields of a dataclass, each on one line; empty without source."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(holder)))
    except (OSError, TypeError):
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    docs = {}
    for statement, following in pairwise(body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        ):
            doc = str(following.value.value).replace("``", "")
            docs[statement.target.id] = " ".join(doc.split())
    return docs


def plain(value: Any) -> Any:
    """A dataclass as a mapping that :class:`Options` reads back to an equal one; tuples as lists.

    >>> from simulator.optimizers import Stopping
    >>> Options(Stopping, "").check(plain(Stopping())) == Stopping()
    True
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in _settable(type(value))}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _kind_of(hint: Any) -> Kind:
    simple: dict[Any, Kind] = {
        float: Number(),
        int: Number(whole=True),
        bool: Switch(),
        str: Text(200),
    }
    if hint in simple:
        return simple[hint]
    if get_origin(hint) is Literal:
        return Word("a known word", tuple(map(str, get_args(hint))))
    if is_dataclass(hint) and isinstance(hint, type):
        return Options(hint, "such settings")
    if get_origin(hint) in (Union, types.UnionType):
        return _one_kind_of(get_args(hint))
    raise TypeError(f"an option of type {hint} cannot be read from a config")


def _one_kind_of(hints: tuple[Any, ...]) -> Kind:
    holders: list[Any] = [hint for hint in hints if is_dataclass(hint)]
    rest = [hint for hint in hints if hint is not type(None) and hint not in holders]
    named = {name: (tag, holder) for holder in holders for tag, name in _tags(holder)}
    tag = next((tag for tag, _ in named.values()), "")
    by_name = {name: holder for name, (_, holder) in named.items()}
    return OneKindOf(tuple(map(_kind_of, rest)), by_name, tag, type(None) in hints)


def _tags(holder: type[Any]) -> list[tuple[str, str]]:
    """Fields that can hold one word only, and the word: what tells one dataclass from another."""
    hints = get_type_hints(holder).items()
    words = [(name, get_args(hint)) for name, hint in hints if get_origin(hint) is Literal]
    return [(name, str(args[0])) for name, args in words if len(args) == 1]


def _built(holder: type[Any], options: Mapping[str, Any], complaints: Complaints) -> Any:
    """Build the dataclass, or refuse with ``complaints`` and those of the dataclass itself.

    Each option that the dataclass refuses is put aside and building tried again with its default,
    so that all are named at once.
    """
    kept = dict(options)
    while all(field.name in kept or not _required(field) for field in _settable(holder)):
        try:
            instance = holder(**kept)
        except ValueError as error:
            name, told = _told(str(error))
            complaints.add(told, *([name] if name in kept else []))
            if kept.pop(name, None) is None:
                break
        else:
            complaints.refuse()
            return instance
    complaints.refuse()
    raise AssertionError("a missing or refused option leaves a complaint")


def _told(message: str) -> tuple[str, PydanticCustomError]:
    match = _MUST_BE.fullmatch(message)
    if match is None:
        return "", complaint(message)
    return match["name"], complaint("out of range", expected=match["expected"])


def _settable(holder: type[Any]) -> list[Field[Any]]:
    return [field for field in fields(holder) if field.init]


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
