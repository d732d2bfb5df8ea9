"""A headless browser for tests of pages; it reaches no network."""

import re
import shutil
import subprocess
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, _NAMES)), None)


def browse(file: Path, profile: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Open a page headless, in a profile of its own, and return what the browser printed."""
    assert BROWSER is not None
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    command += [f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND"]
    return subprocess.run(
        [*command, *options, file.as_uri()], capture_output=True, text=True, timeout=60, check=True
    )


def console_of(browser: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what the page itself wrote, or made the browser write, to the console."""
    return [line for line in browser.stderr.splitlines() if "CONSOLE" in line]


def probed(file: Path, script: str) -> Path:
    """Return a copy of the page that runs a script of the test at its end."""
    text = file.read_text(encoding="utf-8")
    allowed = re.sub(r"sha256-[\w+/=]+", "unsafe-inline", text, count=1)
    probe = file.with_name("probe.html")
    probe.write_text(allowed.replace("</body>", f"<script>{script}</script></body>"))
    return probe
