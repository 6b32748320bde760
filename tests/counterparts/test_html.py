"""Chromium opens the page of `--format html`."""

from __future__ import annotations

import html.parser
import pathlib

from support import COUNTERPARTS, PERFLINT, ROOT, Scratch, run


class Articles(html.parser.HTMLParser):
    """The findings of a page, each with its group and whether it is shown; and what is said of their number."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.said = ""
        self.group = ""
        self.reading = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self.found.append({name: value or "" for name, value in attributes} | {"group": self.group.strip()})
        if tag == "h2":
            self.group = ""
        self.reading = tag

    def handle_data(self, text: str) -> None:
        if self.reading == "h2":
            self.group += text
        if self.reading == "output":
            self.said += text

    def handle_endtag(self, tag: str) -> None:
        self.reading = ""

    def shown(self) -> list[dict[str, str]]:
        """The findings that are not filtered out."""
        return [article for article in self.found if "hidden" not in article]


class Page(Scratch):
    """The report of a sample project."""

    def setUp(self) -> None:
        super().setUp()
        self.page = self.folder / "report.html"
        done = run(PERFLINT, "check", "--no-progress", "--exit-zero", f"--format=html={self.page}", cwd=ROOT / "fixtures" / "shop-python")
        self.assertEqual(done.returncode, 0, done.stdout)

    def chromium(self, *arguments: object, state: str = "") -> str:
        """Opens the page with filters in its fragment; gives what Chromium prints, which must be no complaint."""
        log = self.folder / ".git" / "chromium.log"
        done = run(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={self.folder / '.git' / 'chromium'}",
            "--enable-logging",
            f"--log-file={log}",
            *arguments,
            f"file://{self.page}{state}",
            cwd=self.folder,
        )
        self.assertEqual(done.returncode, 0, done.stdout)
        complaints = [line for line in (log.read_text() if log.exists() else "").splitlines() if "CONSOLE" in line]
        self.assertEqual(complaints, [])
        return done.stdout

    def open(self, state: str = "") -> Articles:
        """The page as the script leaves it."""
        articles = Articles()
        articles.feed(self.chromium("--dump-dom", state=state))
        return articles

    def test_everything_is_shown_by_entry_point(self) -> None:
        articles = self.open()
        self.assertGreaterEqual(len(articles.found), 10)
        self.assertEqual(len(articles.shown()), len(articles.found))
        self.assertEqual(articles.said, f"{len(articles.found)} shown")
        self.assertTrue(all(article["group"].startswith(article["data-entry"]) for article in articles.found))
        self.assertTrue(any(article["group"].startswith("Request") for article in articles.found))

    def test_filters_hide_the_others(self) -> None:
        articles = self.open("#severity=medium")
        shown = articles.shown()
        self.assertTrue(shown and len(shown) < len(articles.found))
        self.assertEqual({article["data-severity"] for article in shown}, {"medium"})
        self.assertEqual(articles.said, f"{len(shown)} of {len(articles.found)} shown")
        one = self.open("#rule=unbounded-cache").shown()
        self.assertEqual([article["data-rule"] for article in one], ["unbounded-cache"])

    def test_the_search_looks_at_paths_and_messages(self) -> None:
        shown = self.open("#search=SHIPPING+waits").shown()
        self.assertTrue(shown)
        self.assertTrue(all("shipping" in article["data-file"] for article in shown))
        self.assertEqual(self.open("#search=nothing-like-this").shown(), [])

    def test_groups_can_be_chosen(self) -> None:
        for key in ("cost", "file", "rule"):
            articles = self.open(f"#group={key}")
            self.assertTrue(all(article["group"].startswith(article[f"data-{key}"]) for article in articles.found), key)
            # The worst finding's group comes first, and groups are not torn apart.
            groups = [article["group"] for article in articles.found]
            self.assertEqual(len([1 for a, b in zip(groups, groups[1:]) if a != b]) + 1, len(set(groups)), key)

    def test_an_empty_report_is_a_page_too(self) -> None:
        self.write("a.py", "x = 1\n")
        done = run(PERFLINT, "check", "--no-progress", "a.py", f"--format=html={self.page}", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(self.open().found, [])
        self.assertIn("Nothing was found here.", self.page.read_text())

    def test_it_can_be_looked_at(self) -> None:
        for name, size, more in (("wide", "1280,1500", []), ("narrow", "420,1200", []), ("dark", "1280,1500", ["--force-dark-mode"])):
            picture = pathlib.Path(COUNTERPARTS) / f"report-{name}.png"
            picture.unlink(missing_ok=True)
            self.chromium(f"--window-size={size}", "--hide-scrollbars", f"--screenshot={picture}", *more)
            self.assertGreater(picture.stat().st_size, 20_000)


if __name__ == "__main__":
    raise SystemExit("run ./run test_html")
