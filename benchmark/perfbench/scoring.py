"""Compares findings with rows. Nothing here knows of repositories or processes."""

from __future__ import annotations

import collections
from typing import Any, Callable, Counter, Dict, Iterable, List, NamedTuple, Tuple

from .linter import Finding
from .rows import FIXES, SUBJECT, Row, Rules

FIX_SLACK = 3
"""Lines between a fix's line and a finding that still count as the same place."""
SITE_SLACK = 2
"""The same for sites, whose lines are exact."""

# Of fixes.
FIXED, CAUGHT, OTHER, MISS = "fixed", "caught", "other-rule", "miss"
# Of sites.
HIT, MISSED, FALSE, QUIET = "hit", "miss", "false", "quiet"
# Of both.
ERROR, ABSENT = "error", "absent"
OUTCOMES = {"fixes": (FIXED, CAUGHT, OTHER, MISS, ERROR, ABSENT), "sites": (HIT, MISSED, FALSE, QUIET, ERROR, ABSENT)}


class Result(NamedTuple):
    """What became of a row; `detail` is for readers: the findings near it, or why there is no outcome."""

    row: Row
    outcome: str
    detail: List[str]


def told(findings: Iterable[Finding]) -> List[str]:
    """Findings for readers."""
    return [f"{finding.rule}:{finding.first}" for finding in findings]


def score_fix(row: Row, before: Iterable[Finding], after: Callable[[], Iterable[Finding]], rules: Rules) -> Result:
    """`after` gives the findings after the fix; it is asked only where the row is caught."""
    there = [finding for finding in before if finding.path == row["path"]]
    lines = [*row["lines"], *row.get("loop_lines", [])]
    near = [finding for finding in there if any(finding.first - FIX_SLACK <= line <= finding.last + FIX_SLACK for line in lines)]
    right = [finding for finding in near if rules.name(row["category"], finding.rule)]
    if not right:
        return Result(row, OTHER if near else MISS, told(near))

    def count(findings: Iterable[Finding], path: str) -> int:
        return sum(finding.path == path and rules.name(row["category"], finding.rule) for finding in findings)

    gone = count(after(), row["path_after"]) < count(there, row["path"])
    return Result(row, FIXED if gone else CAUGHT, told(right))


def score_site(row: Row, findings: Iterable[Finding], rules: Rules) -> Result:
    """The row's verdict is `report` or `silent`; `either` is left out before."""
    first, last = row["line"] - SITE_SLACK, row["end_line"] + SITE_SLACK
    right = [
        finding
        for finding in findings
        if finding.path == row["path"] and finding.first <= last and finding.last >= first and rules.name(row["topic"], finding.rule)
    ]
    outcome = {("report", True): HIT, ("report", False): MISSED, ("silent", True): FALSE, ("silent", False): QUIET}[
        row["verdict"], bool(right)
    ]
    return Result(row, outcome, told(right))


Counts = Counter[str]
Groups = Dict[str, Dict[str, Counts]]


def tally(part: str, results: Iterable[Result]) -> Tuple[Groups, Counts]:
    """Outcomes by category or topic, by language and (fixes) by level, and in all."""
    fields = [SUBJECT[part][0], "language", *(["level"] if part == FIXES else [])]
    groups: Groups = {field: collections.defaultdict(collections.Counter) for field in fields}
    total: Counts = collections.Counter()
    for result in results:
        total[result.outcome] += 1
        for field in fields:
            groups[field][result.row[field]][result.outcome] += 1
    return groups, total


def measures(part: str, counts: Counts) -> Dict[str, Any]:
    """The figures of a line of a table: numbers, and shares from 0 to 1 (None where nothing could be counted).

    Rows that are absent are in none of them. Of fixes an error counts as not caught; a site with an error is in no share."""
    numbers = {outcome: counts[outcome] for outcome in OUTCOMES[part]}
    if part == FIXES:
        tried = sum(counts.values()) - counts[ABSENT]
        caught = counts[FIXED] + counts[CAUGHT]
        return {"rows": tried, "all_caught": caught, **numbers, "recall": share(caught, tried), "gone": share(counts[FIXED], tried)}
    judged = sum(counts.values()) - counts[ABSENT] - counts[ERROR]
    recall, precision = share(counts[HIT], counts[HIT] + counts[MISSED]), share(counts[HIT], counts[HIT] + counts[FALSE])
    return {"rows": judged, **numbers, "recall": recall, "precision": precision}


def share(part: int, whole: int) -> Any:
    """The part of the whole, or None where there is no whole."""
    return part / whole if whole else None
