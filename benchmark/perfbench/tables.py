"""Results for people and for machines."""

from __future__ import annotations

from typing import Any, Dict, List

from .rows import FIXES, SUBJECT
from .scoring import ABSENT, ERROR, FALSE, FIXED, HIT, MISSED, OTHER, QUIET, Counts, Groups, Result, measures

FORMAT = 1
"""Of the JSON output; raised when a key changes its meaning or goes."""

# Heading and key of `measures`, by part.
COLUMNS = {
    "fixes": (
        ("fixes", "rows"),
        ("caught", "all_caught"),
        ("gone", FIXED),
        ("other", OTHER),
        ("error", ERROR),
        ("absent", ABSENT),
        ("recall", "recall"),
        ("gone %", "gone"),
    ),
    "sites": (
        ("hit", HIT),
        ("miss", MISSED),
        ("false", FALSE),
        ("quiet", QUIET),
        ("error", ERROR),
        ("absent", ABSENT),
        ("recall", "recall"),
        ("precision", "precision"),
    ),
}
GOOD = {FIXED, HIT, QUIET, ABSENT}
"""What `--show misses` leaves out: nothing is wrong with these, or nothing is known of them."""


def table(part: str, groups: Groups, total: Counts) -> str:
    """One block for each grouping, and the total."""
    heads = [head for head, _ in COLUMNS[part]]
    width = max(24, *(len(name) for group in groups.values() for name in group))
    lines: List[str] = []
    for field, group in groups.items():
        lines.append(f"{field:{width}}" + "".join(f"{head:>{_width(head)}}" for head in heads))
        lines += [_line(part, name, group[name], width) for name in sorted(group)]
        lines.append("")
    lines.append(_line(part, "total", total, width))
    return "\n".join(lines)


def _width(head: str) -> int:
    return max(8, len(head) + 2)


def _line(part: str, name: str, counts: Counts, width: int) -> str:
    figures = measures(part, counts)
    return f"{name:{width}}" + "".join(f"{_cell(figures[key]):>{_width(head)}}" for head, key in COLUMNS[part])


def _cell(figure: Any) -> str:
    if figure is None:
        return "–"
    return f"{figure:.0%}" if isinstance(figure, float) else str(figure)


def summary(part: str, total: Counts) -> str:
    """The totals in a sentence."""
    figures = measures(part, total)
    if part == FIXES:
        text = (
            f"{figures['rows']} fixes: {figures['all_caught']} caught ({_percent(figures['recall'])}), "
            f"{figures[FIXED]} caught and gone after the fix ({_percent(figures['gone'])})"
        )
    else:
        text = (
            f"{figures['rows']} sites: {figures[HIT]} hit, {figures[MISSED]} missed, {figures[FALSE]} false, {figures[QUIET]} quiet; "
            f"recall {_percent(figures['recall'])}, precision {_percent(figures['precision'])}"
        )
    failed = [f"{figures[outcome]} {word}" for outcome, word in ((ERROR, "with an error"), (ABSENT, "absent")) if figures[outcome]]
    return text + "".join(f"; {note}" for note in failed)


def _percent(figure: Any) -> str:
    return "–" if figure is None else f"{figure:.1%}"


def listing(part: str, results: List[Result], which: str) -> str:
    """The rows themselves: `all`, or `misses`, those that count against the linter (misses, false reports, caught but not gone, errors)."""
    lines = []
    for result in results:
        if which == "misses" and result.outcome in GOOD:
            continue
        row = result.row
        place = (
            f"{row['before'][:10]}:{row['path']}:{','.join(map(str, row['lines']))}"
            if part == FIXES
            else f"{row['commit'][:10]}:{row['path']}:{row['line']}"
        )
        detail = f" [{' '.join(result.detail)}]" if result.detail else ""
        lines.append(f"{result.outcome:10} {row['id']} {row[SUBJECT[part][0]]} {row['repo']} {place} ({row['reason']}){detail}")
    return "\n".join(lines)


def document(part: str, results: List[Result], groups: Groups, total: Counts, about: Dict[str, Any]) -> Dict[str, Any]:
    """The JSON output: `about` the run, the measures of each group and in all, and every row with its outcome."""
    return {
        "format": FORMAT,
        "part": part,
        **about,
        "total": measures(part, total),
        "groups": {field: {name: measures(part, group[name]) for name in sorted(group)} for field, group in groups.items()},
        "rows": [{**result.row, "outcome": result.outcome, "detail": result.detail} for result in results],
    }
