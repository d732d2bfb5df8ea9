"""The page of a run in a real browser: drawn without errors, in any width, and well guarded."""

import re
from pathlib import Path

import pytest

from browsers import BROWSER, browse, console_of, probed
from run_reports import parsed, report_of
from telemetry_sender.results.html.page import page

_PNG = b"\x89PNG\r\n\x1a\n"
_SECONDS = 30

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome on PATH")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "run.html"
    file.write_text(page(parsed(report_of(_SECONDS))), encoding="utf-8")
    return file


def test_the_plots_have_their_points_and_nothing_complains(file: Path, tmp_path: Path) -> None:
    browser = browse(file, tmp_path / "profile", "--dump-dom")
    assert console_of(browser) == []
    paths = re.findall(r'<path class="line[^"]*" d="([^"]*)"', browser.stdout)
    assert len(paths) >= 15
    assert all(path.count("L") == _SECONDS - 1 for path in paths)
    assert "<title>taken</title>" not in browser.stdout


_PROBE = """
const found = [];
const check = (name, ok) => { if (!ok) found.push(name); };
const plot = document.querySelector("svg.plot");
const box = plot.getBoundingClientRect();
const figures = [...plot.parentElement.querySelectorAll(".legend b")].map((each) => each);
const at = (part) => plot.dispatchEvent(new PointerEvent("pointermove",
  { clientX: box.left + box.width * part, clientY: box.top + 9 }));
at(0.999);
check("the last moment", figures[0].textContent === "30 s");
check("the intended rate there", figures[1].textContent === "1,100");
check("the accepted rate there", figures[3].textContent === "1,000");
check("a mark", plot.querySelector(".at").getAttribute("visibility") === "visible");
plot.dispatchEvent(new PointerEvent("pointerleave"));
check("nothing afterwards", figures.every((each) => each.textContent === ""));
const press = (key) => plot.dispatchEvent(new KeyboardEvent("keydown", { key }));
press("ArrowRight");
press("ArrowRight");
check("keys move on", figures[0].textContent === "2 s");
press("ArrowLeft");
press("ArrowLeft");
check("and stop at the start", figures[0].textContent === "1 s");
const colour = () => getComputedStyle(document.body).backgroundColor;
const before = colour();
document.getElementById("theme").click();
check("the theme changes", colour() !== before);
check("no image was let in", document.images.length === 0);
document.title = found.length ? "failed: " + found.join(", ") : "all well";
"""


def test_the_plots_answer_to_pointer_and_keyboard(file: Path, tmp_path: Path) -> None:
    browser = browse(probed(file, _PROBE), tmp_path / "profile", "--dump-dom")
    assert console_of(browser) == []
    title = re.search("<title>.*</title>", browser.stdout)
    assert title is not None
    assert title[0] == "<title>all well</title>"


_WIDE = """
const wide = document.documentElement.scrollWidth;
document.title = wide <= innerWidth ? "fits" : `${wide} of ${innerWidth}`;
"""


@pytest.mark.parametrize("width", [500, 900, 1600])
def test_the_page_fits_its_window(width: int, file: Path, tmp_path: Path) -> None:
    size = f"--window-size={width},900"
    browser = browse(probed(file, _WIDE), tmp_path / "profile", size, "--dump-dom")
    assert "<title>fits</title>" in browser.stdout


def test_the_page_can_be_looked_at(file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    size = "--window-size=1366,2400"
    browse(file, tmp_path / "profile", size, f"--screenshot={picture}")
    assert picture.read_bytes().startswith(_PNG)
    assert picture.stat().st_size > 50_000, "an empty page would be smaller"
