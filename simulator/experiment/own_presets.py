"""Presets of one's own: a config may name a YAML file where it names a bean, a brew, a cup or customers.

Files are found from the folder of the file that names them. What they hold is put in their place before
the config is checked, so results and keys know numbers, never paths. A stored study whose sweep varies
files holds what they say under ``presets``, by name; that is read in place of the files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from simulator.experiment.brewing import BEAN_PARTS, BrewSettings, unused_liquid
from simulator.experiment.complaints import Complaints, complaint
from simulator.experiment.faults import ConfigFaults, Fault, dotted
from simulator.experiment.knobs import BREW_KNOBS
from simulator.experiment.sentences import faults_of
from simulator.experiment.served import CUP_PARTS, SEGMENT_PARTS, SegmentsOf, checked_parts
from simulator.experiment.values import Kind, Number, known_key
from simulator.experiment.yaml_source import read_yaml
from simulator.experiment.yaml_tree import Document, MapNode, Place, tree_of

PRESETS = "presets"
"""The key of a stored config under which the contents of preset files stand, by their names."""

_ENDINGS = (".yaml", ".yml")
#: What every preset may say beside its numbers: where they come from, and its place in lists.
_REMARKS = ("about", "order", "description")

Data = dict[str, Any]


def is_file(value: Any) -> bool:
    """Whether a value names a preset file rather than a preset.

    >>> is_file("sidamo.yaml"), is_file("medium")
    (True, False)
    """
    return isinstance(value, str) and value.endswith(_ENDINGS)


def with_own_presets(
    document: Document, model: type[BaseModel]
) -> tuple[Data, dict[str, list[Fault]]]:
    """The data of a config with its preset files put in place, and section -> faults of its files.

    A section whose file is faulty is left out of the data, since nothing more can be said of it.
    """
    data, faults, _ = _put_in_place(document, model)
    return data, faults


def preset_files(document: Document, model: type[BaseModel]) -> dict[str, Data]:
    """What the preset files that a config names say, by name; those that cannot be read are left out."""
    return _put_in_place(document, model)[2]


def names_a_file(value: Any) -> bool:
    """Whether a preset file is named anywhere in some settings.

    >>> names_a_file({"name": "sidamo.yaml"}), names_a_file({"regulars.yaml": 1.0}), names_a_file([3])
    (True, True, False)
    """
    if isinstance(value, Mapping):
        return any(map(names_a_file, (*value, *value.values())))
    return is_file(value)


def _put_in_place(
    document: Document, model: type[BaseModel]
) -> tuple[Data, dict[str, list[Fault]], dict[str, Data]]:
    data, faults = document.data(), dict[str, list[Fault]]()
    kept = data.pop(PRESETS) if isinstance(data.get(PRESETS), Mapping) else {}
    reader = _Reader(document, model, kept)
    for section, put in (
        ("bean", reader.bean),
        ("brew", reader.brew),
        ("cup", reader.cup),
        ("customers", reader.customers),
    ):
        if section in data:
            try:
                put(data)
            except ConfigFaults as error:
                faults[section] = list(error.faults)
                del data[section]
    return data, faults, reader.read


@dataclass(frozen=True)
class _Reader:
    """Reads the files that one config names; raises `ConfigFaults` for one that cannot be used."""

    document: Document
    model: type[BaseModel]
    kept: Mapping[str, Any]
    """What a stored config says in place of files."""
    read: dict[str, Data] = field(default_factory=dict)
    """What was read, by the name under which it would be kept."""

    def bean(self, data: Data) -> None:
        """``bean: file`` or ``bean: {name: file, ...}``, in which numbers override the file's."""
        given = data["bean"]
        named = given.get("name") if isinstance(given, Mapping) else given
        if not isinstance(named, str) or not is_file(named):
            return
        path = ("bean", "name") if isinstance(given, Mapping) else ("bean",)
        opened = self._opened(None, path, named)
        own = {"name": opened.stem} | opened.parts(BEAN_PARTS, "a bean has no such property")
        others = dict(given) if isinstance(given, Mapping) else {}
        data["bean"] = own | {part: value for part, value in others.items() if part != "name"}

    def brew(self, data: Data) -> None:
        """``brew: file`` or ``brew: {preset: file, ...}``; what is tuned leaves the file's value."""
        given = data["brew"]
        named = given.get("preset") if isinstance(given, Mapping) else given
        if not isinstance(named, str) or not is_file(named):
            return
        path = ("brew", "preset") if isinstance(given, Mapping) else ("brew",)
        opened = self._opened(None, path, named)
        settings = opened.numbers()
        if {"water_g", "beverage_g"} <= set(settings):
            settings.pop(unused_liquid(str(settings.get("method", ""))))
        opened.checked(lambda: BrewSettings.model_validate(settings))
        tune = data.get("tune")
        tuned = set(tune) & set(BREW_KNOBS) if isinstance(tune, list | Mapping) else set()
        own = {knob: value for knob, value in settings.items() if knob not in tuned}
        others = dict(given) if isinstance(given, Mapping) else {}
        data["brew"] = own | {part: value for part, value in others.items() if part != "preset"}

    def cup(self, data: Data) -> None:
        """``cup: file``."""
        if is_file(data["cup"]):
            opened = self._opened(None, ("cup",), data["cup"])
            data["cup"] = opened.parts(CUP_PARTS, "a cup has no such property")

    def customers(self, data: Data) -> None:
        """``customers: file`` of a mix or a segment, or shares that name files of segments."""
        given, own = data["customers"], Data()
        if is_file(given):
            opened = self._opened(None, ("customers",), given)
            if "shares" in opened.numbers():
                data["customers"] = self._mix(opened, own)
            else:
                own[opened.stem] = opened.ideals()
                data["customers"] = {opened.stem: 1.0}
        elif isinstance(given, Mapping):
            data["customers"] = self._shares(None, ("customers",), given, own)
        if own:
            written = data.get("segments")
            data["segments"] = (dict(written) if isinstance(written, Mapping) else {}) | own

    def _mix(self, opened: _Preset, own: Data) -> Data:
        shares = opened.shares()
        return self._shares(opened, ("shares",), shares, own)

    def _shares(
        self, by: _Preset | None, path: tuple[str, ...], given: Mapping[str, Any], own: Data
    ) -> Data:
        shares: Data = {}
        for name, share in given.items():
            if is_file(name):
                opened = self._opened(by, (*path, name), name)
                own[opened.stem] = opened.ideals()
                shares[opened.stem] = share
            else:
                shares[name] = share
        return shares

    def _opened(self, by: _Preset | None, path: tuple[str, ...], name: str) -> _Preset:
        """The file that is named at ``path`` of another preset, or of the config."""
        within = posixpath.dirname(by.name if by else "")
        key = posixpath.normpath(posixpath.join(within, name))
        preset = _Preset(self._document(by, path, name, key), self.model, key)
        self.read[key] = preset.numbers()
        return preset

    def _document(self, by: _Preset | None, path: tuple[str, ...], name: str, key: str) -> Document:
        document = by.document if by else self.document
        file = Path(document.file).parent / name
        kept = tree_of(self.kept.get(key), Place(0, 0, f"{self.document.file}: {PRESETS}.{key}"))
        if isinstance(kept, MapNode):
            return Document(str(file), (), kept)
        if not file.is_file():
            raise ConfigFaults(document.file, [_no_file(document, path, name, file)])
        read = read_yaml(file)
        if read.faults:
            raise ConfigFaults(read.file, read.faults)
        return read


@dataclass(frozen=True)
class _Preset:
    """A preset file that could be read."""

    document: Document
    model: type[BaseModel]
    name: str
    """Its path from the config."""

    @property
    def stem(self) -> str:
        """The preset's name: that of its file."""
        return Path(self.document.file).stem

    def numbers(self) -> Data:
        """Everything but remarks."""
        return {name: part for name, part in self.document.data().items() if name not in _REMARKS}

    def parts(self, parts: Mapping[str, tuple[Kind, str]], problem: str) -> Data:
        """All the numbers of a bean or a cup."""
        needed = {name: part for name, part in parts.items() if name != "name"}

        def check() -> Data:
            found = checked_parts(self.numbers(), needed, problem)
            missing = ", ".join(name for name in needed if name not in found)
            if missing:
                raise complaint(f"{missing} missing", remedy=f"add {missing}")
            return found

        return dict(self.checked(check))

    def ideals(self) -> Data:
        """The palates and ideals of a segment."""
        found = self.checked(lambda: SegmentsOf().ideals(self.numbers()))
        return {name: getattr(found, name) for name in SEGMENT_PARTS}

    def shares(self) -> Mapping[str, float]:
        """Segment, or file of one -> share."""

        def check() -> Mapping[str, float]:
            complaints, read = Complaints(), self.numbers()
            for name in read:
                with complaints.gathered(name):
                    known_key(name, ["shares"], "a mix has no such property")
            shares = read["shares"]
            if not isinstance(shares, Mapping) or not shares:
                raise complaint("no shares", expected="a share for each segment that comes")
            for name, share in shares.items():
                with complaints.gathered("shares", name):
                    Number(0, 1e6).check(share)
            complaints.refuse()
            return shares

        found: Mapping[str, float] = self.checked(check)
        return found

    def checked(self, check: Callable[[], Any]) -> Any:
        """What ``check`` returns; its complaints as faults of this file, each with its line."""
        complaints, found = Complaints(), []
        with complaints.gathered():
            found.append(check())
        try:
            complaints.refuse()
        except ValidationError as error:
            told = faults_of(error, self.document, self.model, self.document.file)
            raise ConfigFaults(self.document.file, told) from None
        return found[0]


def _no_file(document: Document, path: tuple[str, ...], name: str, file: Path) -> Fault:
    found = document.find(path)
    place = found.key_place if path[-1] == name else found.node.place
    return Fault(
        document.file,
        place.line,
        place.column,
        dotted(path),
        "there is no such preset file",
        expected="a file beside the one that names it, or the name of a preset that comes along",
        got=name,
        remedy=f"create {file}, or correct the path",
        source_line=document.line(place),
    )
