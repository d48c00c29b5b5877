"""pydantic's report as faults: each complaint finds its line, its column and what the file says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from simulator.experiment.complaints import KIND, Path
from simulator.experiment.dataclass_options import Options, option_kinds
from simulator.experiment.faults import Fault, dotted, nearest, one_of
from simulator.experiment.knobs import BREW_KNOBS, RECIPE_KNOBS
from simulator.experiment.values import JsonSchema, Number, Of, Shorthand
from simulator.experiment.yaml_tree import Document, MapNode, ScalarNode


def faults_of(
    error: ValidationError,
    document: Document | None,
    model: type[BaseModel],
    file: str,
    *,
    without: Collection[str | int] = (),
) -> list[Fault]:
    """Turn every error of a validation of ``model`` into a fault of ``file``.

    Without a document the faults have no place. ``without`` names sections that are left out.
    """
    return [
        _fault(dict(item), document, model, file)
        for item in error.errors(include_url=False)
        if not item["loc"] or item["loc"][0] not in without
    ]


def _fault(
    item: Mapping[str, Any], document: Document | None, model: type[BaseModel], file: str
) -> Fault:
    path: Path = item["loc"]
    told = _told(item, model)
    path = tuple(told.pop("at", None) or path)
    on_key = bool(told.pop("on_key", False))
    if document is None:
        return Fault(file, None, None, dotted(path), got=_shown(item["input"]), **told)
    found = document.find(path)
    misses = not found.complete and not isinstance(found.node, ScalarNode)
    at_key = on_key or misses or isinstance(found.node, MapNode)
    place = found.key_place if at_key else found.node.place
    got = str(path[-1]) if on_key else "" if misses else str(found.node)
    return Fault(
        place.file or file,
        place.line or None,
        place.column or None,
        dotted(path),
        got=got,
        source_line=document.line(place),
        **told,
    )


def _told(item: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """What there is to say about one error, by the names of the fields of a fault."""
    if item["type"] == KIND:
        return dict(item["ctx"])
    path: Path = item["loc"]
    if item["type"] == "extra_forbidden":
        return _unknown_key(str(path[-1]), _section(model, path[:-1]), model)
    if item["type"] == "missing":
        about = _section(model, path[:-1]).model_fields[str(path[-1])].description or "a value"
        return {"problem": "is missing", "expected": about, "remedy": f"add {path[-1]}: ..."}
    if item["type"] in ("model_type", "model_attributes_type"):
        return _no_settings(item["input"], path, model)
    return {"problem": str(item["msg"])}


def _no_settings(given: Any, path: Path, model: type[BaseModel]) -> dict[str, Any]:
    """A section that is neither a mapping nor the short form that it may have."""
    keys = list(_section(model, path).model_fields)
    settings = f"settings: {{{', '.join(f'{key}: ...' for key in keys[:3])}, ...}}"
    short = _short_form(path, model)
    expected = f"{short}, or {settings}" if short else settings
    return {"problem": "no value" if given is None else "not settings", "expected": expected}


def _short_form(path: Path, model: type[BaseModel]) -> str:
    """What may be written in place of the mapping at ``path``, in words; empty if nothing may."""
    field = _section(model, path[:-1]).model_fields.get(str(path[-1])) if path else None
    for note in field.metadata if field else ():
        if isinstance(note, Shorthand):
            forms = note.schema().get("anyOf", [note.schema()])
            return ", or ".join(_form_in_words(form) for form in forms)
    return ""


def _form_in_words(schema: JsonSchema) -> str:
    if "enum" in schema:
        return one_of(schema["enum"])
    if "pattern" in schema:
        return "a preset file (*.yaml)"
    return Number(schema["minimum"], schema["maximum"], whole=True).expected


def _unknown_key(key: str, section: type[BaseModel], model: type[BaseModel]) -> dict[str, Any]:
    known = list(section.model_fields)
    begun = any(name.startswith(key) for name in known)
    home = "" if begun else _home(key, model)
    close = "" if home else nearest(key, known)
    remedy = f"write it {home}" if home else f"write {close}" if close else "remove it"
    told = {"problem": "unknown key", "expected": one_of(known), "nearest": close}
    return told | {"remedy": remedy, "on_key": True}


def _home(key: str, model: type[BaseModel]) -> str:
    """Where a key that is known elsewhere belongs."""
    if key in model.model_fields:
        return "at the top level, without indentation"
    if key in RECIPE_KNOBS:
        return "under tune (with bounds) or under fixed (with a value)"
    if key in BREW_KNOBS:
        return "under brew"
    homes = (name for name, field in model.model_fields.items() if key in _keys_of(field))
    return next((f"under {name}" for name in homes if key != "kind"), "")


def _keys_of(field: FieldInfo) -> Collection[str]:
    """The keys below a field that is a section or fills a dataclass."""
    section = _model_in(field.annotation)
    if section is not None:
        return section.model_fields
    kinds = [note.kind for note in field.metadata if isinstance(note, Of)]
    return [key for kind in kinds if isinstance(kind, Options) for key in option_kinds(kind.holder)]


def _section(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """The model that describes the mapping at ``path``; the last known one on the way."""
    for part in path:
        field = model.model_fields.get(str(part))
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return model
        model = inner
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f'"{value}"' if isinstance(value, str) else str(value)
