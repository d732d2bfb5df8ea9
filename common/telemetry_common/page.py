"""A page in one file: it works offline, and no text that it shows can break it.

Its Content-Security-Policy allows nothing but the page's own style and script.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from telemetry_common.markup import Markup, element, together


@dataclass(frozen=True, slots=True)
class Page:
    """What one page adds to the frame, the style and the theme switch that all have."""

    title: str
    """In the browser's tab."""
    name: str
    about: str
    """Beside the name at the top."""
    sections: Mapping[str, str]
    """Titles by id, for the navigation."""
    content: Sequence[Markup]
    assets: str
    """The package whose `style.css` and `script.js` the page has besides the common ones."""


def document(page: Page) -> str:
    """Return the page as text of a whole HTML document."""
    script = _asset(__package__, "page.js") + _asset(page.assets, "script.js")
    style = _asset(__package__, "page.css") + _asset(page.assets, "style.css")
    body = element(
        "body",
        _header(page),
        element("main", *page.content),
        element("script", Markup(script)),
    )
    head = _head(page.title, style, script)
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _head(title: str, style: str, script: str) -> Markup:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(style)),
    )


def _header(page: Page) -> Markup:
    links = [element("a", title, href=f"#{name}") for name, title in page.sections.items()]
    name = element("h1", page.name, element("small", page.about))
    button = element("button", "Theme", type="button", id="theme",
                     aria_label="Switch between light and dark")  # fmt: skip
    return element("header", name, element("nav", together(links), aria_label="Sections"), button)


def _asset(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")
