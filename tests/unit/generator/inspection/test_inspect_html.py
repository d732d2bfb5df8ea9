"""The page: complete, self-contained, and not to be broken by what a set holds."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from handmade_set import HandmadeSet
from no_progress import NoProgress
from telemetry_common.markup import Markup, element
from telemetry_generator.inspection import Inspection, inspect_set
from telemetry_generator.inspection.html.page import page

_HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e\x1b[31m"


def inspected(hand: HandmadeSet, directory: Path) -> Inspection:
    return inspect_set(hand.write(directory), NoProgress())


@pytest.fixture
def text(tmp_path: Path) -> str:
    return page(inspected(HandmadeSet(), tmp_path))


class _Tags(HTMLParser):
    """Collects the tags of a page and their attributes, and checks that they are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_every_part_of_the_set_has_its_section(text: str) -> None:
    sections = [attributes["id"] for attributes in _Tags(text).all("section")]
    assert sections == ["services", "traces", "metrics", "logs", "profiles", "cardinality", "set"]


def test_a_signal_that_is_absent_has_no_section(tmp_path: Path) -> None:
    hand = HandmadeSet()
    hand.entries = {signal: entry for signal, entry in hand.entries.items() if signal == "logs"}
    sections = [each["id"] for each in _Tags(page(inspected(hand, tmp_path))).all("section")]
    assert sections == ["logs", "cardinality", "set"]


def test_the_page_asks_for_nothing_from_elsewhere(text: str) -> None:
    tags = _Tags(text)
    assert not {"img", "link", "iframe", "object", "embed", "form"} & {tag for tag, _ in tags.found}
    for _, attributes in tags.found:
        assert not {"src", "srcset", "action", "onclick", "onload"} & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(http" not in text
    assert "@import" not in text


def test_the_policy_lets_only_the_pages_own_script_run(text: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [each["content"] for each in _Tags(text).all("meta") if "http-equiv" in each]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy


def _hostile_set() -> HandmadeSet:
    hand = HandmadeSet()
    for group in hand.traces.resource_spans:
        group.resource.attributes[0].value.string_value += _HOSTILE
    first = hand.spans[4]
    first.name = first.status.message = first.events[0].name = _HOSTILE
    first.attributes.add(key=_HOSTILE).value.string_value = _HOSTILE
    metric = hand.metric("cpu.load")
    metric.name = metric.unit = metric.description = _HOSTILE
    record = hand.records[0]
    record.body.string_value = record.attributes[0].value.string_value = _HOSTILE
    for at, word in enumerate(hand.profiles.dictionary.string_table):
        hand.profiles.dictionary.string_table[at] = word and word + _HOSTILE
    return hand


def test_texts_of_a_set_never_become_code(tmp_path: Path) -> None:
    text = page(inspected(_hostile_set(), tmp_path))
    tags = _Tags(text)
    assert len(tags.all("script")) == 1
    assert len(tags.all("style")) == 1
    assert not tags.all("img")
    assert "\u202e" not in text, "no text can turn the direction of what follows"
    assert "\x1b" not in text


def test_the_same_set_gives_the_same_page(tmp_path: Path) -> None:
    hand = HandmadeSet()
    assert page(inspected(hand, tmp_path)) == page(inspected(hand, tmp_path))


def test_waterfalls_have_a_row_for_each_span_that_opens(text: str) -> None:
    rows = [each for each in _Tags(text).all("details") if (each["class"] or "").startswith("span")]
    assert len(rows) == 6
    assert text.count("TimeoutError") >= 1


def test_nodes_can_be_reached_by_keyboard_and_are_described(text: str) -> None:
    nodes = [each for each in _Tags(text).all("g") if "data-node" in each]
    assert len(nodes) == 5
    assert all(node["tabindex"] == "0" for node in nodes)
    assert any("payment (service): 1 requests" in (node["aria-label"] or "") for node in nodes)


def test_elements_escape_text_and_attributes_but_not_markup() -> None:
    inner = element("b", "1 < 2")
    assert inner == Markup("<b>1 &lt; 2</b>")
    assert element("p", inner, title='"x"', hidden=True, id=None) == (
        '<p title="&quot;x&quot;" hidden><b>1 &lt; 2</b></p>'
    )
