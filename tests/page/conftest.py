"""Pages as they are written, their emitted JavaScript under Node, and a real browser."""

import contextlib
import json
import os
import re
import select
import shutil
import subprocess
import time
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from simulator.experiment.config import load
from simulator.experiment.problem import Problem
from simulator.page import Page

ROOT = Path(__file__).parent.parent.parent
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


# --- a real browser, spoken to over a pipe: nothing has to be installed but the browser ---

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
)  # fmt: skip
_KEYS = {
    "Enter": ("Enter", 13, "\r"),
    "Space": (" ", 32, " "),
    "Tab": ("Tab", 9, ""),
    "Escape": ("Escape", 27, ""),
    **{
        f"Arrow{way}": (f"Arrow{way}", 37 + k, "")
        for k, way in enumerate(("Left", "Up", "Right", "Down"))
    },
}


class Browser:
    """Chromium by its DevTools protocol."""

    def __init__(self, folder):
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        command = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        self._process = subprocess.Popen(
            [
                "bash",
                "-c",
                command,
                BROWSER,
                *_FLAGS,
                f"--user-data-dir={folder}",
                "about:blank",
            ],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._rest, self._number, self.events = b"", 0, []

    def send(self, method, session=None, **params):
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def _receive(self):
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], 60)
            assert ready, "the browser does not answer"
            self._rest += os.read(self._read, 1 << 20)
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def close(self):
        with contextlib.suppress(AssertionError, OSError, ValueError):
            self.send("Browser.close")
        self._process.terminate()
        self._process.wait(20)
        os.close(self._write)
        os.close(self._read)


class Tab:
    """One page in the browser; ``faults`` and ``requests`` fill up as it is used."""

    def __init__(self, browser, width, height, dark=False, calm=True):
        self._browser = browser
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.send("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"},
        ]
        self.send("Emulation.setEmulatedMedia", features=features)

    def send(self, method, **params):
        return self._browser.send(method, self._session, **params)

    def open(self, path, fragment=""):
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=path.as_uri() + (f"#{fragment}" if fragment else ""))
        self.wait("document.readyState === 'complete' && 'cup' in window")
        return self

    def do(self, script):
        """The value of an expression, promises awaited."""
        answer = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition):
        for _ in range(300):
            if self.do(condition):
                return
            time.sleep(0.05)
        raise AssertionError(f"never came true: {condition}")

    def frame(self):
        """Wait until what was asked for is drawn; only the tab in front is."""
        self.send("Page.bringToFront")
        self.do("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def press(self, *names, shift=False):
        for name in names:
            key, code, text = _KEYS.get(name, (name, ord(name[0].upper()), name))
            event = {
                "key": key,
                "code": name,
                "windowsVirtualKeyCode": code,
                "modifiers": 8 * shift,
            }
            self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **event)
            self.send("Input.dispatchKeyEvent", type="keyUp", **event)

    def focus(self, selector):
        self.do(f"document.querySelector({json.dumps(selector)}).focus()")

    def _seen(self):
        self.frame()
        return [e for e in self._browser.events if e.get("sessionId") == self._session]

    @property
    def faults(self):
        """Exceptions and errors on the console."""
        seen = self._seen()
        thrown = [
            e["params"]["exceptionDetails"]
            for e in seen
            if e["method"] == "Runtime.exceptionThrown"
        ]
        logged = [e["params"]["entry"] for e in seen if e["method"] == "Log.entryAdded"]
        called = [
            e["params"] for e in seen
            if e["method"] == "Runtime.consoleAPICalled" and e["params"]["type"] in ("error", "warning")
        ]  # fmt: skip
        return thrown + logged + called

    @property
    def requests(self):
        """Addresses that were asked for, beside the file itself and data in it."""
        sent = (
            e["params"]["request"]["url"]
            for e in self._seen()
            if e["method"] == "Network.requestWillBeSent"
        )
        return [url for url in sent if not url.startswith(("file:", "data:", "blob:", "about:"))]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """A running browser."""
    if BROWSER is None:
        pytest.skip("NO BROWSER: the page is not opened on this machine; install chromium")
    running = Browser(tmp_path_factory.mktemp("chromium"))
    yield running
    running.close()


@pytest.fixture
def open_page(chromium, tmp_path):
    """Opens a page in a tab of its own; at the end nothing may have failed or been asked for."""
    tabs = []

    def opened(page, fragment="", width=1280, height=900, **media):
        path = tmp_path / "page.html"
        path.write_text(page.html, encoding="utf-8")
        tabs.append(Tab(chromium, width, height, **media))
        return tabs[-1].open(path, fragment)

    yield opened
    for tab in tabs:
        assert tab.faults == []
        assert tab.requests == []
