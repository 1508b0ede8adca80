"""The page of a comparison: whole in itself, and safe whatever things are called."""

import re
from html.parser import HTMLParser

from service.reports.comparison_html import to_html
from tests.service.reports.reported import HOSTILE, a_report, untrained

PICTURE = "data:image/jpeg;base64,AAAA"


class Page(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_nothing_in_the_page_points_outside() -> None:
    text = to_html(a_report(), {"cat/1.jpg": PICTURE})

    page = Page(text)
    addresses = [value for name, value in page.attributes if name in {"src", "href", "action", "data", "srcset"}]
    assert "//" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
    assert len(addresses) == 3
    assert all(str(address).startswith("data:image/") for address in addresses)
    assert not {"script", "link", "iframe"} & set(page.tags)


def test_names_are_text_and_never_markup() -> None:
    text = to_html(a_report(hostile=True), {})

    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    assert "script" not in Page(text).tags


def test_page_says_the_verdict_the_figures_and_what_could_not_be_trained() -> None:
    text = to_html(a_report(), {})

    assert "knn(k=10) is best" in text
    assert "92.0 % (90.0-94.0)" in text
    assert "+2.0 (+0.0 to +4.0)" in text
    assert "nested with all labels a class: no parents are known" in text
    assert "cat/1.jpg: a copy of dog/2.jpg" in text


def test_mistaken_image_is_shown_with_what_it_is_and_what_was_said() -> None:
    text = " ".join(to_html(a_report(), {"cat/1.jpg": PICTURE}).split())

    assert f'src="{PICTURE}"' in text
    assert "<b>cat</b> taken for <b>dog</b> (80 %)" in text


def test_page_without_a_trained_head_still_says_why() -> None:
    text = to_html(untrained(), {})

    assert "no parents are known" in text
    assert "img" not in Page(text).tags
