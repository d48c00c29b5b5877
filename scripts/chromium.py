"""Chromium driven over a pipe by its DevTools protocol: nothing has to be installed but the browser.

Tests open pages with it, `scripts/bench page` measures them, and the documents are photographed by it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
"""Where the browser is, None without one."""

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
_PATIENCE_S = 60


class Browser:
    """A running browser; its profile is kept in a folder of the caller's."""

    def __init__(self, folder: Path) -> None:
        assert BROWSER is not None, "there is no Chromium on this machine"
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # The protocol's pipe is file descriptors 3 and 4.
        command = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        self._process = subprocess.Popen(
            ["bash", "-c", command, BROWSER, *_FLAGS, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._rest, self._number = b"", 0
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, session: str | None = None, **params: Any) -> Any:
        """The answer to a command. Raises AssertionError if it fails or nothing answers."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def _receive(self) -> Any:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], _PATIENCE_S)
            assert ready, "the browser does not answer"
            self._rest += os.read(self._read, 1 << 20)
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def close(self) -> None:
        """End the browser."""
        with contextlib.suppress(AssertionError, OSError, ValueError):
            self.send("Browser.close")
        self._process.terminate()
        self._process.wait(20)
        os.close(self._write)
        os.close(self._read)


class Tab:
    """One page in the browser; `faults` and `requests` fill up as it is used."""

    def __init__(
        self,
        browser: Browser,
        width: int = 1280,
        height: int = 900,
        *,
        dark: bool = False,
        calm: bool = True,
    ) -> None:
        self._browser = browser
        self._target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.send("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.resize(width, height)
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"},
        ]
        self.send("Emulation.setEmulatedMedia", features=features)

    def send(self, method: str, **params: Any) -> Any:
        """The answer to a command for this page."""
        return self._browser.send(method, self._session, **params)

    def resize(self, width: int, height: int) -> None:
        """Another size of the window, in pixels."""
        size = {"width": width, "height": height}
        self.send("Emulation.setDeviceMetricsOverride", **size, deviceScaleFactor=1, mobile=False)

    def open(self, path: Path, fragment: str = "", ready: str = "'cup' in window") -> Tab:
        """Open a file that holds a page of ours, and wait until it is made and ``ready``."""
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=path.as_uri() + (f"#{fragment}" if fragment else ""))
        self.wait(f"document.readyState === 'complete' && {ready}")
        return self

    def do(self, script: str) -> Any:
        """The value of an expression, promises awaited."""
        answer = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Until an expression is true; AssertionError if it never is."""
        for _ in range(300):
            if self.do(condition):
                return
            time.sleep(0.05)
        raise AssertionError(f"never came true: {condition}")

    def frame(self) -> None:
        """Wait until what was asked for is drawn; only the tab in front is."""
        self.send("Page.bringToFront")
        self.do("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def press(self, *names: str, shift: bool = False) -> None:
        """Press keys, one after the other."""
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

    def mouse(self, kind: str, x: float, y: float) -> None:
        """``pressed``, ``moved`` or ``released`` with the left button, at a place of the window."""
        held = {"button": "left", "buttons": 1, "clickCount": 1}
        self.send("Input.dispatchMouseEvent", type=f"mouse{kind.capitalize()}", x=x, y=y, **held)

    def focus(self, selector: str) -> None:
        """Put the focus on an element."""
        self.do(f"document.querySelector({json.dumps(selector)}).focus()")

    def photograph(self, to: Path, *, whole: bool = False) -> None:
        """Write what is seen, or the whole page, as PNG."""
        self.frame()
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        to.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """Close this page; what it has done wrong stays known."""
        self._browser.send("Target.closeTarget", targetId=self._target)

    def _seen(self) -> list[dict[str, Any]]:
        self.frame()
        return [e for e in self._browser.events if e.get("sessionId") == self._session]

    @property
    def faults(self) -> list[Any]:
        """Exceptions and errors on the console."""
        found: list[Any] = []
        for event in self._seen():
            method, params = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                found.append(params["exceptionDetails"])
            elif method == "Log.entryAdded":
                found.append(params["entry"])
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
                found.append(params)
        return found

    @property
    def requests(self) -> list[str]:
        """Addresses that were asked for, beside the file itself and data in it."""
        sent = (
            event["params"]["request"]["url"]
            for event in self._seen()
            if event["method"] == "Network.requestWillBeSent"
        )
        return [url for url in sent if not url.startswith(("file:", "data:", "blob:", "about:"))]
