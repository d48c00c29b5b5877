"""Pages as they are written, their emitted JavaScript under Node, and a real browser."""

import json
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from simulator.experiment.config import load
from simulator.experiment.problem import Problem
from simulator.page import Page

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from chromium import BROWSER, Browser, Tab  # noqa: E402

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
NODE = shutil.which("node")


@lru_cache(maxsize=32)
def _page(path):
    return Page(Problem(load(path)))


@pytest.fixture(params=CONFIGS, ids=lambda path: path.stem)
def every_page(request):
    """The page of each shipped config."""
    return _page(request.param)


@pytest.fixture
def house_page():
    """The page of the default config."""
    return _page(ROOT / "configs" / "house-blend.yaml")


@pytest.fixture
def page_of():
    """Page of the shipped config of a name."""
    return lambda name: _page(ROOT / "configs" / f"{name}.yaml")


@pytest.fixture
def in_node(tmp_path):
    """Runs JavaScript that sees a page's data, its programs, our modules and an input, and prints JSON."""
    if NODE is None:
        pytest.skip("NO NODE: the page's numbers are not checked on this machine")

    def run(page, script, given=None):
        modules = tmp_path / "js"
        shutil.copytree(str(files("simulator.page").joinpath("js")), modules, dirs_exist_ok=True)
        (tmp_path / "package.json").write_text('{"type": "module"}')
        (tmp_path / "page.html").write_text(page.html, encoding="utf-8")
        (tmp_path / "given.json").write_text(json.dumps(given))
        (tmp_path / "run.js").write_text(_PRELUDE + script)
        done = subprocess.run(
            [NODE, "run.js"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


# The programs are taken out of the finished file: what is tested is what people open.
_PRELUDE = """
import { readFileSync } from "node:fs";
const html = readFileSync("page.html", "utf8");
const between = (start, end) => html.split(start)[1].split(end)[0];
const data = JSON.parse(between('id="data">', "</script>"));
const programs = new Function(`return ${between("const PROGRAMS = ", ";\\n\\n")}`)();
const given = JSON.parse(readFileSync("given.json", "utf8"));
const { Brewer, brewed, position, remedy } = await import("./js/cup.js");
const { Runner } = await import("./js/race.js");
const { opinion } = await import("./js/voice.js");
const { formula } = await import("./js/formula.js");
const print = (result) => console.log(JSON.stringify(result));
"""


@pytest.fixture
def recipes():
    """Random coordinates, shape (n, count): most inside the box, some on its edges."""

    def draw(size, count, seed=0):
        random = np.random.default_rng(seed)
        x = random.random((size, count))
        edge = random.random((size, count))
        x[edge < 0.05] = 0.0
        x[edge > 0.95] = 1.0
        return x

    return draw


@pytest.fixture
def elements():
    """Attributes of all elements of a page with a given tag."""
    return lambda html, tag: re.findall(rf"<{tag}\b([^>]*)>", html)


# --- a real browser ---


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """A running browser, one for all tests."""
    if BROWSER is None:
        pytest.skip("NO BROWSER: the page is not opened on this machine; install chromium")
    running = Browser(tmp_path_factory.mktemp("chromium"))
    yield running
    running.close()


@pytest.fixture
def open_page(chromium, tmp_path):
    """Opens a page in a tab of its own; at the end nothing may have failed or been asked for."""
    tabs = []

    def opened(page, fragment="", width=1280, height=900, ready="'cup' in window", **media):
        path = tmp_path / "page.html"
        path.write_text(page.html, encoding="utf-8")
        tabs.append(Tab(chromium, width, height, **media))
        return tabs[-1].open(path, fragment, ready)

    yield opened
    for tab in tabs:
        assert tab.faults == []
        assert tab.requests == []
        tab.close()
    chromium.events.clear()
