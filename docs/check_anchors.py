"""Checks that every link of a built book into a page names a part that is there.

linkinator looks a part up only if it meets the link before it reads the page, so this is done here, over all pages.
"""

from __future__ import annotations

import html.parser
import pathlib
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    """The names of a page's parts, and where its links lead."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names.update(name for name in (given.get("id"), given.get("name") if tag == "a" else None) if name)
        if tag == "a" and (link := given.get("href")):
            self.links.append(link)


def missing(book: pathlib.Path) -> list[str]:
    """What is wrong, a line for each link."""
    pages = {path.resolve(): Page(path) for path in sorted(book.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or not parts.fragment:
                continue
            target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
            known = pages.get(target)
            if known and urllib.parse.unquote(parts.fragment) not in known.names:
                found.append(f"{path.relative_to(book.resolve())}: {link}")
    return found


if __name__ == "__main__":
    wrong = missing(pathlib.Path(sys.argv[1]))
    if wrong:
        sys.exit("links to parts of pages that are not there:\n" + "\n".join(wrong))
