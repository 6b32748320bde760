"""The rows of the data set, presets, rule mappings, and which rows a run is about."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

from . import schema
from .problems import UsageError, known

HOME = Path(__file__).resolve().parent.parent
FIXES, SITES = "fixes", "sites"
SCHEMAS = {FIXES: "fix.schema.json", SITES: "site.schema.json"}
# What the rows of each part are sorted by: the field, and the key of presets and rule mappings.
SUBJECT = {FIXES: ("category", "categories"), SITES: ("topic", "topics")}

Row = Dict[str, Any]


class Filters(NamedTuple):
    """Which rows a run is about; None lets all pass."""

    languages: Optional[Set[str]] = None
    levels: Optional[Set[str]] = None
    categories: Optional[Set[str]] = None
    topics: Optional[Set[str]] = None
    repositories: Optional[List[str]] = None

    def passes(self, part: str, row: Row) -> bool:
        """Whether the row of that part (`fixes` or `sites`) is one of those asked for."""
        field, key = SUBJECT[part]
        subjects: Optional[Set[str]] = getattr(self, key)
        if self.languages is not None and row["language"] not in self.languages:
            return False
        if self.levels is not None and part == FIXES and row["level"] not in self.levels:
            return False
        if subjects is not None and row[field] not in subjects:
            return False
        return self.repositories is None or any(fnmatch.fnmatchcase(row["repo"], wanted) for wanted in self.repositories)


class Rules:
    """Which rules of a linter name a category or a topic."""

    def __init__(self, linter: str, part: str, named: Dict[str, List[str]]) -> None:
        self.linter, self.part, self.named = linter, part, named

    def subjects(self) -> Set[str]:
        """The categories or topics that the linter has any rule for."""
        return {subject for subject, patterns in self.named.items() if patterns}

    def name(self, subject: str, rule: str) -> bool:
        """Whether a finding of `rule` says what `subject` is about; patterns match the id or what follows its last slash."""
        return any(
            fnmatch.fnmatchcase(candidate, pattern)
            for pattern in self.named.get(subject, ())
            for candidate in {rule, rule.rsplit("/", 1)[-1]}
        )


def load_rows(data: Path, part: str) -> List[Row]:
    """All rows of a part, in the order of files and lines; UsageError names the first line that does not fit."""
    shape = schema.load(HOME / "schema" / SCHEMAS[part])
    files = sorted((data / part).glob("*.jsonl"))
    if not files:
        raise UsageError(f"no rows: {data / part} has no .jsonl files")
    rows: List[Row] = []
    seen: Dict[str, str] = {}
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            place = f"{file}:{number}"
            row = _parsed(line, place)
            wrong = next(schema.problems(row, shape), None) or _inconsistency(row)
            if wrong is None and row["id"] in seen:
                wrong = f"row.id {row['id']} is also at {seen[row['id']]}"
            if wrong is not None:
                raise UsageError(f"{place}: {wrong}")
            seen[row["id"]] = place
            rows.append(row)
    return rows


def _parsed(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{place}: not JSON: {error}") from None


def _inconsistency(row: Row) -> Optional[str]:
    """What a schema cannot say."""
    if "line" in row and row["end_line"] < row["line"]:
        return "row.end_line is before row.line"
    if row["id"].split("-")[1] != row["language"]:
        return f"row.id {row['id']} is not of language {row['language']}"
    for field in ("path", "path_after"):
        if ".." in row.get(field, "").split("/"):
            return f"row.{field} leads out of the repository"
    return None


def known_values(part: str, field: str) -> List[str]:
    """The values that the schema allows a field of that part."""
    values: List[str] = schema.load(HOME / "schema" / SCHEMAS[part])["properties"][field]["enum"]
    return values


def load_preset(name: str) -> Dict[str, List[str]]:
    """A named choice of levels, categories and topics."""
    presets = json.loads((HOME / "presets.json").read_text(encoding="utf-8"))
    chosen: Dict[str, List[str]] = presets[known(name, presets, "preset")]
    return chosen


def load_rules(name: str, part: str) -> Rules:
    """A rule mapping: one of `rules/` by its name, or any file; each subject in it must be one that rows can have."""
    path = Path(name)
    if path.suffix != ".json" and "/" not in name:
        path = (
            HOME
            / "rules"
            / (known(name, (file.stem for file in (HOME / "rules").glob("*.json")), "rule mapping (a file ends in .json)") + ".json")
        )
    try:
        content = _parsed(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read rules: {error}") from None
    field, key = SUBJECT[part]
    named = content.get(key) if isinstance(content, dict) else None
    if not isinstance(named, dict) or not isinstance(content.get("linter"), str):
        raise UsageError(f'{path}: wants a text "linter" and an object {key!r} of lists of rules')
    allowed = known_values(part, field)
    for subject, patterns in named.items():
        if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
            raise UsageError(f"{path}: {key}.{subject} is not a list of rules")
        try:
            known(subject, allowed, field)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from None
    return Rules(content["linter"], part, named)


def commits(part: str, rows: Iterable[Row]) -> Dict[str, Dict[str, Set[str]]]:
    """repository -> commit -> the paths that rows name there."""
    found: Dict[str, Dict[str, Set[str]]] = {}
    for row in rows:
        for commit, path in places(part, row):
            found.setdefault(row["repo"], {}).setdefault(commit, set()).add(path)
    return found


def places(part: str, row: Row) -> List[Tuple[str, str]]:
    """The commits that a row needs, each with the row's file there."""
    if part == SITES:
        return [(row["commit"], row["path"])]
    return [(row["before"], row["path"]), (row["fix"], row["path_after"])]
