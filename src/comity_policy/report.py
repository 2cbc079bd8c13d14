"""Verdicts for people and for programs: a readable report, and JSON Lines in and out.

A line in is ``{"id", "role", "purpose", "lang"?, "text", "context"?}``; unknown keys are ignored. ``context``
may hold ``known_ids`` and ``trusted_domains`` (lists of text) and ``region`` (text). A line out is
``{"id", "outcome", "findings": […]}``, or ``{"id"?, "error": {"line", "field", "message"}}`` for a line that
cannot be read; the others are checked all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from comity_policy.engine import check
from comity_policy.model import PURPOSES, ROLES, Context, Draft, Finding, Verdict
from comity_policy.rulebook import Rulebook

# Exit codes, as `grep` has them: something was found, nothing was, or the question was wrong.
NOTHING_FOUND, SOMETHING_FOUND, USAGE = 0, 1, 2

_MARKS = {"warn": "\x1b[33m", "hold": "\x1b[35m", "block": "\x1b[31m"}
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class LineError(Exception):
    """One input line cannot be read: ``field`` is the part that is wrong, if it is one."""

    field: str | None
    message: str
    id: Any = None


def check_lines(lines: Iterable[str | bytes], write: Callable[[str], Any], *, rulebook: Rulebook) -> int:
    """Check JSON Lines and write one answer for each, in order; return the exit code.

    0 when nothing was found, 1 when something was, 2 when a line could not be read. Blank lines are skipped.
    """
    code = NOTHING_FOUND
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = _answer(line, rulebook)
        except LineError as error:
            answer, code = _refusal(number, error), USAGE
        if code != USAGE and answer.get("findings"):
            code = SOMETHING_FOUND
        write(json.dumps(answer, ensure_ascii=True) + "\n")
    return code


def _answer(line: str | bytes, rulebook: Rulebook) -> dict[str, Any]:
    message = _parse(line)
    try:
        draft, context = _draft(message), _context(message.get("context"))
    except LineError as error:
        raise LineError(error.field, error.message, message.get("id")) from None
    return {"id": message["id"]} | verdict_json(check(draft, context, rulebook), draft.text)


def verdict_json(verdict: Verdict, text: str) -> dict[str, Any]:
    """Return outcome and findings as they are written to JSON; ``failed`` is there only when it must be."""
    answer: dict[str, Any] = {
        "outcome": verdict.outcome.value,
        "findings": [finding_json(finding, text) for finding in verdict.findings],
    }
    return answer | {"failed": list(verdict.failed)} if verdict.failed else answer


def finding_json(finding: Finding, text: str) -> dict[str, Any]:
    """Return one finding with code point and UTF-16 offsets and the words it quotes."""
    start16, end16 = finding.offsets16(text)
    return {
        "rule": finding.rule,
        "start": finding.start,
        "end": finding.end,
        "start16": start16,
        "end16": end16,
        "quote": finding.quote(text),
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "advice": finding.advice,
    }


def _parse(line: str | bytes) -> dict[str, Any]:
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line.removeprefix("\ufeff")
        message = json.loads(text)
    except UnicodeDecodeError:
        raise LineError(None, "The line is not UTF-8.") from None
    except (ValueError, RecursionError):
        raise LineError(None, "The line is not JSON.") from None
    if not isinstance(message, dict):
        raise LineError(None, "The line must be a JSON object.")
    if not isinstance(message.get("id"), str | int):
        raise LineError("id", "id is needed and must be text or a whole number.")
    return message


def _draft(message: Mapping[str, Any]) -> Draft:
    _one_of(message, "role", ROLES)
    _one_of(message, "purpose", PURPOSES)
    if not isinstance(message.get("text"), str):
        raise LineError("text", "text is needed and must be text.")
    language = message.get("lang")
    if not isinstance(language, str | None):
        raise LineError("lang", "lang must be a language tag such as 'en', or be left out.")
    return Draft(message["text"], message["role"], message["purpose"], language)


def _one_of(message: Mapping[str, Any], field: str, allowed: tuple[str, ...]) -> None:
    if message.get(field) not in allowed:
        raise LineError(field, f"{field} is needed and must be one of {', '.join(allowed)}.")


def _context(facts: Any) -> Context:
    if facts is None:
        return Context()
    if not isinstance(facts, dict):
        raise LineError("context", "context must be a JSON object.")
    region = facts.get("region")
    if not isinstance(region, str | None):
        raise LineError("context.region", "context.region must be a two-letter country, or be left out.")
    known, trusted = _texts(facts, "known_ids"), _texts(facts, "trusted_domains")
    return Context(known_ids=known, trusted_domains=trusted or frozenset(), region=region)


def _texts(facts: Mapping[str, Any], field: str) -> frozenset[str] | None:
    values = facts.get(field)
    if values is None:
        return None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise LineError(f"context.{field}", f"context.{field} must be a list of text.")
    return frozenset(values)


def _refusal(number: int, error: LineError) -> dict[str, Any]:
    known = {} if error.id is None else {"id": error.id}
    return known | {"error": {"line": number, "field": error.field, "message": error.message}}


def report(text: str, verdict: Verdict, *, colour: bool, refused: str = "") -> str:
    """Return a readable report on ``text``: every finding with its words marked, why, and what to do.

    Lines are shown with «…» around the words; ``colour`` adds terminal colours. ``refused`` is why a form would not
    take the text, whatever the rules say; it comes first. Ends with a line break.
    """
    if refused:
        found = report(text, verdict, colour=colour) if verdict.findings else ""
        return f"refused: {refused}\n{found}"
    if not verdict.findings:
        return f"{verdict.outcome.value}: nothing found.\n"
    count = len(verdict.findings)
    head = f"{verdict.outcome.value}: {count} finding{'s' if count > 1 else ''}.\n"
    return head + "".join(_told(text, finding, colour=colour) for finding in verdict.findings)


def _told(text: str, finding: Finding, *, colour: bool) -> str:
    line = text.count("\n", 0, finding.start) + 1
    column = finding.start - (text.rfind("\n", 0, finding.start) + 1) + 1
    mark, bold, plain = (_MARKS[finding.outcome], _BOLD, _PLAIN) if colour else ("", "", "")
    before = _printable(text[_line_start(text, finding.start) : finding.start])
    after = _printable(text[finding.end : _line_end(text, finding.end)])
    quoted = f"{before}{mark}«{_printable(finding.quote(text))}»{plain}{after}"
    return (
        f"\n{bold}{line}:{column} {finding.rule} ({finding.outcome}){plain}\n"
        f"    {quoted}\n    {finding.reason}\n    {finding.advice}\n"
    )


_WINDOW = 60


def _line_start(text: str, start: int) -> int:
    return max(text.rfind("\n", 0, start) + 1, start - _WINDOW)


def _line_end(text: str, end: int) -> int:
    stop = text.find("\n", end)
    return min(len(text) if stop < 0 else stop, end + _WINDOW)


def _printable(piece: str) -> str:
    """Return ``piece`` on one line, with whatever a terminal must not obey written as its code."""
    return "".join(one if one.isprintable() else " " if one in "\n\t" else f"\\u{ord(one):04x}" for one in piece)
