"""Fill the documents with what the commands really print and draw.

A document marks a transcript like this; what stands between the marks is replaced::

    <!-- shows: simulator taste --grind-um 900 --time-s 240 -->
    <!-- end -->

the figures it shows are copied from the results of the README's own run, and the page is photographed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from chromium import BROWSER, Browser, Tab

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", "README.zh.md", "simulator/dialin/README.md"]
FIGURES = ["landscape.svg", "convergence.svg", "descent.gif"]
STORY = "configs/over-extracted-start.yaml"
PAGES = {"en": "page.png", "zh": "page.zh.png"}
WINDOW = (1320, 1240)
#: The page is photographed while it says whose fault the bitterness is.
ASKED = "root=perception.bitterness"
RUN_HERE = "results/2026-11-22-142530-house-blend"
MARK = re.compile(r"(<!-- shows: (?P<command>.+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def transcript(command: str, results: Path) -> str:
    """The command's output on a terminal of 100 columns, with the results folder as users see it."""
    arguments = shlex.split(command)
    program = str(ROOT / ".venv" / "bin" / "simulator")
    if arguments[0] == "./scripts/run":
        arguments = [program, "run", *arguments[1:], "--out", str(results)]
    else:
        arguments[0] = program
    diaries = str(results.parent / "dial")
    environment = {
        **os.environ,
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "SIMULATOR_DIAL_HOME": diaries,
    }
    done = subprocess.run(
        arguments, capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stderr}")
    text = done.stdout.replace(str(results), RUN_HERE)
    text = text.replace(diaries, "~/.local/share/perfect-cup/dial")
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def photograph(config: str, language: str, scratch: Path, to: Path) -> None:
    """A picture of the config's page in Chromium; the old one stays where there is no Chromium."""
    if BROWSER is None:
        print(f"{to.relative_to(ROOT)} is not renewed: no Chromium")
        return
    page = scratch / "page.html"
    program = str(ROOT / ".venv" / "bin" / "simulator")
    subprocess.run(
        [program, "page", config, "-o", str(page), "--lang", language], cwd=ROOT, check=True
    )
    browser = Browser(scratch / f"profile-{language}")
    Tab(browser, *WINDOW).open(page, ASKED).photograph(to)
    browser.close()
    print(to.relative_to(ROOT))


def main() -> None:
    """Refresh every document."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        results = Path(scratch) / "run"
        known: dict[str, str] = {}
        for name in DOCUMENTS:
            path = ROOT / name
            text = path.read_text(encoding="utf-8")
            for match in MARK.finditer(text):
                command = match["command"]
                if command not in known:
                    known[command] = transcript(command, results)
            path.write_text(
                MARK.sub(
                    lambda m: (
                        f"{m[1]}```console\n$ {m['command']}\n{known[m['command']]}\n```\n{m[3]}"
                    ),
                    text,
                ),
                encoding="utf-8",
            )
            print(path.name)
        program = str(ROOT / ".venv" / "bin" / "simulator")
        subprocess.run([program, "plot", str(results), "descent"], cwd=ROOT, check=True)
        (ROOT / "docs").mkdir(exist_ok=True)
        for figure in FIGURES:
            shutil.copy(results / "figures" / figure, ROOT / "docs" / figure)
            print(f"docs/{figure}")
        for language, name in PAGES.items():
            photograph(STORY, language, Path(scratch), ROOT / "docs" / name)


if __name__ == "__main__":
    main()
