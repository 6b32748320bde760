"""The one error that is shown to the user in one line."""

from __future__ import annotations

import difflib
from typing import Iterable


class UsageError(Exception):
    """Something that was asked for cannot be done; the message is one line and says what to do."""


def known(value: str, choices: Iterable[str], what: str) -> str:
    """Give `value` back where it is one of `choices`, else say which it may be."""
    choices = sorted(choices)
    if value in choices:
        return value
    near = difflib.get_close_matches(value, choices, 1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(choices)}"
    raise UsageError(f"unknown {what} {value!r}; {hint}")
