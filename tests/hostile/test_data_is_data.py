"""Results and names are data: nothing in them is run, unpickled, or read by a browser as markup."""

from __future__ import annotations

import ast
import re
import shutil
import sqlite3
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import simulator as package

PACKAGE = Path(package.__file__).parent
SCRIPT = "<script>alert(1)</script>"
# The engine runs the programs that it wrote itself.
MAKES_CODE = {"autodiff"}
UNPICKLES = {"pickle.load", "pickle.loads", "pickle.Unpickler", "marshal.load", "marshal.loads"}
UNPICKLES |= {"shelve.open", "dill.load", "dill.loads", "cloudpickle.load", "cloudpickle.loads"}


def calls_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_no_module_loads_a_pickle_or_runs_text(measured: Any):
    modules = sorted(PACKAGE.rglob("*.py"))
    for path in modules:
        room = path.relative_to(PACKAGE).parts[0]
        forbidden = UNPICKLES | (set() if room in MAKES_CODE else {"eval", "exec"})
        assert not forbidden & calls_of(path), path
    measured("data", modules=len(modules), pickles=0)


def test_yaml_is_never_read_by_a_loader_that_makes_objects():
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        assert not re.search(
            r"yaml\.(unsafe_load|full_load|Loader|UnsafeLoader|FullLoader)\b", text
        )
        assert ("yaml.load(" in text) <= ("(yaml.SafeLoader)" in text), path


def test_arrays_are_never_read_with_pickles_allowed():
    for path in PACKAGE.rglob("*.py"):
        assert "allow_pickle=True" not in path.read_text("utf-8"), path


@pytest.fixture
def folder(simulator: Any, config: Any, small: str, tmp_path: Path) -> Path:
    """A finished folder."""
    out = tmp_path / "out"
    assert simulator("run", config(small), "--no-figures", "--out", out).status == 0
    return out


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END",
        "CREATE TRIGGER t AFTER INSERT ON runs BEGIN SELECT load_extension('owned'); END",
        "CREATE VIEW v AS SELECT load_extension('owned')",
        "CREATE INDEX i ON runs (printf('%s', key))",
    ],
)
def test_what_a_foreign_database_brings_along_changes_no_number(
    simulator: Any, folder: Path, tmp_path: Path, schema: str, measured: Any
):
    before = simulator("export", folder).out
    with sqlite3.connect(folder / "results.sqlite") as connection:
        connection.execute(schema)
    connection.close()
    said = simulator("export", folder)
    assert said.status in {0, 2}
    assert said.out in {before, ""}
    assert not list(tmp_path.glob("owned*"))
    measured("data", foreign_schemas=1)


def test_a_results_folder_holds_no_code_that_anything_would_run(
    simulator: Any, folder: Path, measured: Any
):
    with (folder / "config.yaml").open("a", encoding="utf-8") as file:
        file.write('description: !!python/object/apply:os.system ["touch owned"]\n')
    said = simulator("show", folder)
    assert said.status == 2
    assert not Path("owned").exists()


class Scripts(HTMLParser):
    """Counts what a browser would run, and the attributes that listen."""

    def __init__(self) -> None:
        super().__init__()
        self.found = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += tag in {"script", "img", "iframe"}
        self.found += sum(name.startswith("on") for name, _ in attributes)


def tags_in(text: str) -> int:
    parser = Scripts()
    parser.feed(text)
    return parser.found


HOSTILE = [
    SCRIPT,
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!--<script>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("where", ["description", "label"])
def test_the_page_reads_markup_in_words_of_users_as_text(
    simulator: Any, config: Any, small: str, tmp_path: Path, measured: Any, text: str, where: str
):
    quoted = text.replace('"', '\\"')
    spoilt = {
        "description": f'{small}description: "{quoted}"\n',
        "label": small.replace("[momentum]", f'[{{method: momentum, label: "{quoted}"}}]'),
    }[where]
    plain = tmp_path / "plain.html"
    assert simulator("page", config(small), "--out", plain).status == 0
    page = tmp_path / "page.html"
    said = simulator("page", config(spoilt), "--out", page)
    if said.status == 2:
        assert "cup.yaml:" in said.err
    else:
        assert tags_in(page.read_text("utf-8")) == tags_in(plain.read_text("utf-8"))
        assert text not in page.read_text("utf-8")
    measured("data", markup=1)


def test_markup_in_paths_and_names_is_shown_as_text_on_terminals(
    simulator: Any, config: Any, small: str, tmp_path: Path
):
    folder = tmp_path / "[red]bold[" / SCRIPT.replace("/", "")
    assert simulator("run", config(small), "--no-figures", "--out", folder).status == 0
    shown = simulator("ls", folder.parent).out
    assert "[red]bold[" in shown.replace("\n", "").replace(" ", "") or "[red]" in shown
    shutil.rmtree(folder)
