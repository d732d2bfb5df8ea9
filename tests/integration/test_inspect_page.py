"""The inspection page in a real browser: it draws itself, without errors and without a network."""

import re
from pathlib import Path

import pytest

from browsers import BROWSER, browse, console_of, probed
from handmade_set import HandmadeSet
from no_progress import NoProgress
from project_files import ROOT
from telemetry_generator.inspection import inspect_set
from telemetry_generator.inspection.html.page import page

_PNG = b"\x89PNG\r\n\x1a\n"

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome on PATH")


@pytest.fixture(params=["committed", "handmade"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made = request.param == "handmade"
    directory = HandmadeSet().write(tmp_path / "set") if made else ROOT / "templates"
    file = tmp_path / "set.html"
    file.write_text(page(inspect_set(directory, NoProgress())), encoding="utf-8")
    return file


def test_the_page_draws_graph_waterfalls_and_breakdowns(file: Path, tmp_path: Path) -> None:
    browser = browse(file, tmp_path / "profile", "--dump-dom")
    assert console_of(browser) == []
    dom = browser.stdout
    assert len(re.findall(r'<g class="node', dom)) >= 5
    assert len(re.findall(r'<g class="call', dom)) >= 4
    assert len(re.findall(r'<details class="card trace"', dom)) >= 2
    assert len(re.findall(r'<details[^>]* class="span', dom)) >= 6
    for name in ("services", "traces", "metrics", "logs", "cardinality", "set"):
        assert f'<section id="{name}"><h2>' in dom


_PROBE = """
const found = [];
const check = (name, ok) => { if (!ok) found.push(name); };
const node = document.querySelector("[data-node]");
node.dispatchEvent(new Event("focus"));
check("focus marks the graph", document.querySelector("svg.graph.focused") !== null);
check("focus keeps the node", node.classList.contains("near"));
node.dispatchEvent(new Event("blur"));
check("blur takes it back", document.querySelector("svg.graph.focused") === null);
const table = document.querySelector("#cardinality table");
const column = [...table.tHead.rows[0].cells].findIndex((cell) => cell.textContent === "values");
const values = () => [...table.tBodies[0].rows].map((row) => +row.cells[column].dataset.value);
const button = table.tHead.rows[0].cells[column].querySelector("button");
const sorted = (list) => list.every((value, at) => at === 0 || list[at - 1] >= value);
button.click();
check("a click sorts down", sorted(values()));
button.click();
check("another sorts up", sorted(values().reverse()));
const filter = document.querySelector("#cardinality .filter");
filter.value = "service.name";
filter.dispatchEvent(new Event("input"));
const visible = [...table.tBodies[0].rows].filter((row) => !row.hidden);
check("the filter leaves some", visible.length > 0);
check("and only those", visible.every((row) => row.textContent.includes("service.name")));
const colour = () => getComputedStyle(document.body).backgroundColor;
const before = colour();
document.getElementById("theme").click();
check("the theme changes", colour() !== before);
document.title = found.length ? "failed: " + found.join(", ") : "all well";
"""


def test_the_page_answers_to_pointer_and_keyboard(file: Path, tmp_path: Path) -> None:
    browser = browse(probed(file, _PROBE), tmp_path / "profile", "--dump-dom")
    assert console_of(browser) == []
    assert "<title>all well</title>" in browser.stdout, re.search(
        "<title>.*</title>", browser.stdout
    )


def test_a_script_that_a_set_smuggles_in_would_not_run(file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    attacked = tmp_path / "attacked.html"
    script = "<script>document.title = 'run'</script><img src='http://127.0.0.1:9/x'>"
    attacked.write_text(text.replace("</main>", f"{script}</main>"))
    browser = browse(attacked, tmp_path / "profile", "--dump-dom")
    assert "<title>run</title>" not in browser.stdout
    refused = [line for line in console_of(browser) if "Content Security Policy" in line]
    assert len(refused) == 2, "neither the script nor the picture is let in"


def test_the_page_can_be_looked_at(file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    size = "--window-size=1366,2000"
    browse(file, tmp_path / "profile", size, f"--screenshot={picture}")
    assert picture.read_bytes().startswith(_PNG)
    assert picture.stat().st_size > 50_000, "an empty page would be smaller"
