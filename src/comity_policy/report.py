"""Verdicts for people and for programs: a readable report, and JSON Lines in and out.

A line in is ``{"id", "role", "purpose", "lang"?, "text", "context"?}``; unknown keys are ignored. ``context``
may hold every fact of ``comity_policy.Context``: sets as lists, a file as ``{"kind", "size"}``. A line out is
``{"id", "outcome", "findings": […]}``, or ``{"id"?, "error": {"line", "field", "message"}}`` for a line that
cannot be read; the others are checked all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from comity_policy.engine import SecondReader, check
from comity_policy.model import CONTEXT_FACTS, PURPOSES, ROLES, Attached, Context, Draft, Finding, Verdict
from comity_policy.rulebook import Rulebook
from comity_policy.wording import Told, told, worded

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


def check_lines(
    lines: Iterable[str | bytes],
    write: Callable[[str], Any],
    *,
    rulebook: Rulebook,
    language: str = "en",
    reader: SecondReader | None = None,
) -> int:
    """Check JSON Lines and write one answer for each, in order; return the exit code.

    0 when nothing was found, 1 when something was, 2 when a line could not be read. Blank lines are skipped.
    ``language``: that of reasons and advice. ``reader``: a second reader, as for ``check``.
    """
    code = NOTHING_FOUND
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = _answer(line, rulebook, language, reader)
        except LineError as error:
            answer, code = _refusal(number, error), USAGE
        if code != USAGE and answer.get("findings"):
            code = SOMETHING_FOUND
        write(json.dumps(answer, ensure_ascii=True) + "\n")
    return code


def _answer(line: str | bytes, rulebook: Rulebook, language: str, reader: SecondReader | None) -> dict[str, Any]:
    message = _parse(line)
    try:
        draft, context = _draft(message), _context(message.get("context"))
    except LineError as error:
        raise LineError(error.field, error.message, message.get("id")) from None
    verdict = check(draft, context, rulebook, reader=reader)
    return {"id": message["id"]} | verdict_json(verdict, draft.text, language)


def verdict_json(verdict: Verdict, text: str, language: str = "en") -> dict[str, Any]:
    """Return outcome and findings as they are written to JSON; ``failed`` is there only when it must be."""
    answer: dict[str, Any] = {
        "outcome": verdict.outcome.value,
        "findings": [finding_json(finding, text, language) for finding in verdict.findings],
    }
    return answer | {"failed": list(verdict.failed)} if verdict.failed else answer


def finding_json(finding: Finding, text: str, language: str = "en") -> dict[str, Any]:
    """Return one finding with code point and UTF-16 offsets and the words it quotes, told in ``language``."""
    start16, end16 = finding.offsets16(text)
    said = told(finding, language)
    return {
        "rule": finding.rule,
        "start": finding.start,
        "end": finding.end,
        "start16": start16,
        "end16": end16,
        "quote": finding.quote(text),
        "outcome": finding.outcome.value,
        "reason": said.reason,
        "advice": said.advice,
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
    known = {fact: _READ[fact](f"context.{fact}", facts[fact]) for fact in CONTEXT_FACTS if facts.get(fact) is not None}
    return Context(**known)


def _one(kind: type, what: str) -> Callable[[str, Any], Any]:
    def read(field: str, value: Any) -> Any:
        if type(value) is not kind:
            raise LineError(field, f"{field} must be {what}, or be left out.")
        return value

    return read


def _texts(field: str, values: Any) -> frozenset[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise LineError(field, f"{field} must be a list of text.")
    return frozenset(values)


def _days(field: str, values: Any) -> dict[str, int]:
    if not isinstance(values, dict) or not all(type(value) is int for value in values.values()):
        raise LineError(field, f'{field} must be whole days by name, such as {{"completed": 31}}.')
    return values


def _parts(field: str, values: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(values, dict):
        raise LineError(field, f'{field} must be lists of text by name, such as {{"carrier": ["DHL"]}}.')
    return {part: tuple(sorted(_texts(f"{field}.{part}", spellings))) for part, spellings in values.items()}


def _files(field: str, values: Any) -> tuple[Attached, ...]:
    try:
        return tuple(Attached(str(one["kind"]), int(one["size"])) for one in values)
    except (TypeError, KeyError, ValueError):
        raise LineError(field, f'{field} must be a list such as [{{"kind": "pdf", "size": 40000}}].') from None


_TEXT, _NUMBER, _FLAG = _one(str, "text"), _one(int, "a whole number"), _one(bool, "true or false")
_READ: Mapping[str, Callable[[str, Any], Any]] = {
    "known_ids": _texts,
    "trusted_domains": _texts,
    "region": _one(str, "a two-letter country"),
    "order_id": _TEXT,
    "shows_order_id": _FLAG,
    "days": _days,
    "kind": _TEXT,
    "marketplace_sends": _texts,
    "parts": _parts,
    "review_requests": _NUMBER,
    "follow_ups": _NUMBER,
    "alike": _NUMBER,
    "feedback_breaks_rules": _FLAG,
    "buyer_language": _TEXT,
    "attached": _files,
    "by_mail": _FLAG,
    "in_file": _FLAG,
}


def _refusal(number: int, error: LineError) -> dict[str, Any]:
    known = {} if error.id is None else {"id": error.id}
    return known | {"error": {"line": number, "field": error.field, "message": error.message}}


def report(
    text: str,
    verdict: Verdict,
    *,
    colour: bool,
    refused: str = "",
    explained: Rulebook | None = None,
    language: str = "en",
) -> str:
    """Return a readable report on ``text``: every finding with its words marked, why, and what to do.

    Lines are shown with «…» around the words; ``colour`` adds terminal colours. ``refused`` is why a form would not
    take the text, whatever the rules say; it comes first. ``explained``: the rulebook asked, to add why each rule is
    there and under what the verdict was reached. ``language``: that of what the rules say. Ends with a line break.
    """
    lines = [f"refused: {refused}"] if refused else []
    count = len(verdict.findings)
    if count:
        lines.append(f"{verdict.outcome.value}: {count} finding{'s' if count > 1 else ''}.")
    elif not refused:
        lines.append(f"{verdict.outcome.value}: nothing found.")
    for finding in verdict.findings:
        lines.append(_told(text, finding, told(finding, language), colour=colour))
        lines += (f"    {line}" for line in _why(finding.rule, explained, language))
    if explained:
        lines += _provenance(verdict, explained)
    return "\n".join(lines) + "\n"


def _told(text: str, finding: Finding, said: Told, *, colour: bool) -> str:
    line = text.count("\n", 0, finding.start) + 1
    column = finding.start - (text.rfind("\n", 0, finding.start) + 1) + 1
    mark, bold, plain = (_MARKS[finding.outcome], _BOLD, _PLAIN) if colour else ("", "", "")
    before = _printable(text[_line_start(text, finding.start) : finding.start])
    after = _printable(text[finding.end : _line_end(text, finding.end)])
    quoted = f"{before}{mark}«{_printable(finding.quote(text))}»{plain}{after}"
    head = f"\n{bold}{line}:{column} {finding.rule} ({finding.outcome}){plain}"
    return f"{head}\n    {quoted}\n    {said.reason}\n    {said.advice}"


def _why(rule_id: str, explained: Rulebook | None, language: str) -> list[str]:
    for entry in explained.entries if explained else ():
        if entry.rule.id == rule_id:
            sources = ", ".join(entry.rule.source)
            return [f"Why: {worded(entry.rule, language).why}"] + ([f"Asked for by {sources}."] if sources else [])
    return []


def _provenance(verdict: Verdict, rulebook: Rulebook) -> list[str]:
    tried = [f"On trial, without effect: {one.rule} ({one.outcome})." for one in verdict.trials]
    book = f"Rulebook {rulebook.name}, in force from {rulebook.valid_from}, {verdict.rulebook}."
    return ["", *tried, book, f"Engine {verdict.engine}; what was checked: {verdict.input}."]


_WINDOW = 60


def _line_start(text: str, start: int) -> int:
    return max(text.rfind("\n", 0, start) + 1, start - _WINDOW)


def _line_end(text: str, end: int) -> int:
    stop = text.find("\n", end)
    return min(len(text) if stop < 0 else stop, end + _WINDOW)


def _printable(piece: str) -> str:
    """Return ``piece`` on one line, with whatever a terminal must not obey written as its code."""
    return "".join(one if one.isprintable() else " " if one in "\n\t" else f"\\u{ord(one):04x}" for one in piece)
