#!/usr/bin/env python3
"""Measures linters for back-end performance on real fixes and on labelled sites; see README.md beside this file.

Exit status: 0 done, 1 a threshold is not met (or a row ended with an error, or none could be counted), 2 bad arguments.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Optional, Set

from perfbench import engine, repositories, rows, tables
from perfbench.linter import Linter
from perfbench.problems import UsageError, known
from perfbench.rows import FIXES, SITES, SUBJECT, Filters, Row
from perfbench.scoring import ABSENT, ERROR, measures, tally

COMMAND = "perflint --format sarif --no-cache ."


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the list of all options."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = Parser(prog="run.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = whole.add_subparsers(dest="part", metavar="COMMAND", required=True, parser_class=Parser)
    fixes = commands.add_parser(FIXES, help="real fixes: what was reported before, and no longer after them")
    sites = commands.add_parser(SITES, help="labelled sites: real anti-patterns and look-alikes")
    fetch = commands.add_parser("fetch", help="fill the cache with what both parts need, and lint nothing")
    for command in (fixes, sites, fetch):
        _add_selection(command)
    for command in (fixes, sites):
        _add_run(command)
        command.add_argument("--minimum-recall", type=share, metavar="SHARE", help="exit with 1 where recall is lower (0 to 1)")
    fixes.add_argument(
        "--minimum-gone", type=share, metavar="SHARE", help="exit with 1 where the share of all fixes that are caught and gone is lower"
    )
    fixes.add_argument(
        "--context",
        choices=("tree", "file"),
        default="tree",
        help="what the linter sees: the whole tree as in a user's run, or the row's file alone (quicker; for linters that look no further)",
    )
    sites.add_argument("--minimum-precision", type=share, metavar="SHARE", help="exit with 1 where precision is lower")
    return whole


def _add_selection(command: argparse.ArgumentParser) -> None:
    which = command.add_argument_group("which rows (lists are separated by commas)")
    which.add_argument(
        "--preset",
        metavar="NAME",
        help="a named choice: accuracy is that of docs/accuracy.md; options below take precedence over their part of it",
    )
    which.add_argument("--languages", metavar="LIST", help="js, python, rust, sql")
    which.add_argument("--levels", metavar="LIST", help="of fixes: L1, L2, L3, L4")
    which.add_argument("--categories", metavar="LIST", help="of fixes")
    which.add_argument("--topics", metavar="LIST", help="of sites")
    which.add_argument("--repositories", metavar="LIST", help="OWNER/NAME, with * for any text")
    which.add_argument(
        "--data", type=Path, default=rows.HOME, metavar="FOLDER", help="a folder with fixes/*.jsonl and sites/*.jsonl in place of this one"
    )
    where = command.add_argument_group("where repositories come from")
    where.add_argument(
        "--cache", type=Path, default=repositories.default_cache(), metavar="FOLDER", help="where they are kept (%(default)s)"
    )
    where.add_argument("--remote", default="https://github.com/", metavar="URL", help="what OWNER/NAME is appended to (%(default)s)")
    where.add_argument("--offline", action="store_true", help="use what the cache has, fetch nothing and change nothing in it")
    where.add_argument(
        "--files",
        choices=("sources", "all"),
        default="sources",
        help="what is written of a tree: source files, templates and manifests, or everything",
    )


def _add_run(command: argparse.ArgumentParser) -> None:
    linter = command.add_argument_group("the linter")
    linter.add_argument(
        "--command",
        default=COMMAND,
        metavar="COMMAND",
        help="run in each tree, without a shell; writes SARIF to standard output or to {output}; "
        "{here} is the folder that this was started in (%(default)s)",
    )
    linter.add_argument(
        "--rules",
        default="perflint",
        metavar="NAME|FILE",
        help="which of its rules name a category or topic: a mapping of rules/, or a file of that form (%(default)s)",
    )
    linter.add_argument("--mapped-only", action="store_true", help="only rows of categories and topics that the mapping has a rule for")
    linter.add_argument(
        "--statuses", type=statuses, default=frozenset((0, 1)), metavar="LIST", help="exit statuses of a run that went well (0,1)"
    )
    linter.add_argument("--timeout", type=seconds, default=300.0, metavar="SECONDS", help="for each tree (%(default)g)")
    linter.add_argument("--jobs", type=number, default=os.cpu_count() or 1, metavar="N", help="trees at once (%(default)s)")
    output = command.add_argument_group("output and thresholds")
    output.add_argument(
        "--show", choices=("misses", "all"), help="list rows before the tables: those that count against the linter, or all"
    )
    output.add_argument("--json", type=Path, metavar="FILE", help="write everything to a file")
    output.add_argument("--maximum-absent", type=int, metavar="N", help="exit with 1 where more rows are absent")


def share(text: str) -> float:
    """A share as a number from 0 to 1."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def seconds(text: str) -> float:
    """A time limit, at most a day."""
    value = float(text)
    if not 0 < value <= 86400:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 86400")
    return value


def number(text: str) -> int:
    """A number of jobs."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def statuses(text: str) -> "frozenset[int]":
    """Exit statuses, separated by commas."""
    return frozenset(int(status) for status in text.split(","))


def filters(arguments: argparse.Namespace) -> Filters:
    """What the options ask for; every name in them must be one that rows can have."""
    preset = rows.load_preset(arguments.preset) if arguments.preset else {}

    def chosen(option: str, part: str, field: str) -> Optional[Set[str]]:
        given = getattr(arguments, option)
        if given is None:
            return set(preset[option]) if option in preset else None
        allowed = rows.known_values(part, field)
        return {known(value.strip(), allowed, field) for value in given.split(",")}

    return Filters(
        chosen("languages", FIXES, "language"),
        chosen("levels", FIXES, "level"),
        chosen("categories", FIXES, "category"),
        chosen("topics", SITES, "topic"),
        [name.strip() for name in arguments.repositories.split(",")] if arguments.repositories else None,
    )


def select(part: str, arguments: argparse.Namespace) -> List[Row]:
    """The rows of a part that are asked for and counted."""
    which = filters(arguments)
    return [row for row in rows.load_rows(arguments.data, part) if which.passes(part, row) and row.get("verdict") != "either"]


def fetch(arguments: argparse.Namespace, cache: repositories.Repositories) -> int:
    """Fill the cache only."""
    needed: Dict[str, Dict[str, Set[str]]] = {}
    for part in (FIXES, SITES):
        for repo, commits in rows.commits(part, select(part, arguments)).items():
            for commit, paths in commits.items():
                needed.setdefault(repo, {}).setdefault(commit, set()).update(paths)
    if not needed:
        raise UsageError("no row is left by these filters")
    absent = engine.fill(cache, needed, True, engine.Progress())
    total = sum(map(len, needed.values()))
    missing = {(repo, commit) for repo, commit, _ in absent}
    print(f"{total - len(missing)} of {total} commits of {len(needed)} repositories are in {cache.cache}")
    return 1 if absent else 0


def measure(arguments: argparse.Namespace, cache: repositories.Repositories) -> int:
    """Run the linter, print the tables, and check the thresholds."""
    part = arguments.part
    rules = rows.load_rules(arguments.rules, part)
    linter = Linter(arguments.command, arguments.statuses, arguments.timeout)
    counted = [row for row in select(part, arguments) if not arguments.mapped_only or row[SUBJECT[part][0]] in rules.subjects()]
    if not counted:
        raise UsageError("no row is left by these filters")
    if arguments.json is not None and not arguments.json.resolve().parent.is_dir():
        raise UsageError(f"--json: {arguments.json.resolve().parent} is no folder")
    whole = getattr(arguments, "context", "tree") == "tree"
    results = engine.run(part, counted, cache, linter, rules, whole, arguments.jobs)
    groups, total = tally(part, results)
    if arguments.show:
        print(tables.listing(part, results, arguments.show), end="\n\n")
    print(tables.table(part, groups, total))
    print(tables.summary(part, total))
    if arguments.json is not None:
        data = json.loads((rows.HOME / "dataset.json").read_text(encoding="utf-8"))
        about = {"data": data, "linter": rules.linter, "command": arguments.command, "preset": arguments.preset}
        arguments.json.write_text(
            json.dumps(tables.document(part, results, groups, total, about), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    failures = shortfalls(arguments, measures(part, total))
    for failure in failures:
        print(f"run.py: {failure}", file=sys.stderr)
    return 1 if failures else 0


def shortfalls(arguments: argparse.Namespace, figures: Dict[str, Any]) -> List[str]:
    """Why the run should fail."""
    found = []
    if not figures["rows"]:
        found.append("no row could be counted")
    if figures[ERROR]:
        found.append(f"{figures[ERROR]} rows ended with an error (--show misses lists them)")
    if arguments.maximum_absent is not None and figures[ABSENT] > arguments.maximum_absent:
        found.append(f"{figures[ABSENT]} rows are absent, {arguments.maximum_absent} may be")
    for name in ("recall", "gone", "precision"):
        wanted = getattr(arguments, f"minimum_{name}", None)
        # A share of nothing is no success: a linter that reports nothing has no precision.
        if wanted is not None and (figures[name] or 0) < wanted:
            found.append(f"{name} is {figures[name] or 0:.1%}, less than {wanted:.1%}")
    return found


def main(words: Optional[List[str]] = None) -> int:
    """Run one command; gives the exit status."""
    arguments = parser().parse_args(words)
    cache = repositories.Repositories(arguments.cache.expanduser(), arguments.remote, arguments.offline, arguments.files == "all")
    try:
        return fetch(arguments, cache) if arguments.part == "fetch" else measure(arguments, cache)
    except UsageError as error:
        print(f"run.py: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("run.py: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
