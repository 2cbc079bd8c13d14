r"""The messages written for training, read from `training/messages/*.txt`: one message a line.

    seller reply en plain | Hi Ann, [[payment.off_platform: send it by PayPal]] and it ships today.

Role, purpose, language and style, a bar, the text. `\n` is a line break. A violation is marked around the words
that make it, `[[rule: words]]`; two rules on the same words are joined by `+`. The label rules are those of the
corpus (`docs/rules/` says what each rule means). Lines that begin with `#` are remarks.

Run it to check every line: `python -m training.messages`.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from comity_policy.model import Purpose, Role
from comity_policy.rules import all_rules

FOLDER = Path(__file__).with_name("messages")
LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "mul")
STYLES = ("plain", "obfuscated", "paraphrase", "hard_negative", "clean", "mixed")
INNOCENT = ("hard_negative", "clean")
RULES = (
    "contact.email", "contact.phone", "contact.handle", "link.external", "link.opt_out", "divert.off_platform",
    "payment.off_platform", "marketing.promotion", "review.incentive", "review.extortion", "review.biased",
    "review.change", "feedback.removal", "conduct.abuse", "conduct.threat", "conduct.hostile", "privacy.sensitive",
)  # fmt: skip
_MARK = re.compile(r"\[\[([a-z_.+]+): ?(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Labelled:
    """A message as somebody would send it, and ``(rule, start, end)`` for what it breaks."""

    where: str
    role: str
    purpose: str
    language: str
    style: str
    text: str
    violations: tuple[tuple[str, int, int], ...]


def read(line: str, where: str) -> Labelled:
    """Return the message that ``line`` writes down. Raises ``ValueError`` with a sentence that says what is wrong."""
    head, bar, marked = line.partition(" | ")
    words = head.split()
    if not bar or len(words) != 4:
        raise ValueError(f"{where}: begin with role, purpose, language, style and ' | '.")
    for word, allowed in zip(words, (get_args(Role), get_args(Purpose), LANGUAGES, STYLES), strict=True):
        if word not in allowed:
            raise ValueError(f"{where}: '{word}' is none of {', '.join(allowed)}.")
    text, violations = _unmark(marked.strip().replace("\\n", "\n"), where)
    if bool(violations) == (words[3] in INNOCENT):
        raise ValueError(f"{where}: style '{words[3]}' with {len(violations)} violations.")
    role, purpose, language, style = words
    return Labelled(where, role, purpose, language, style, text, violations)


def _unmark(marked: str, where: str) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    text, violations, done = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[done : mark.start()]
        span = (len(text), len(text) + len(mark[2]))
        for rule in mark[1].split("+"):
            if rule not in RULES or not mark[2].strip():
                raise ValueError(f"{where}: no rule '{rule}', or no words in its mark.")
            violations.append((rule, *span))
        text += mark[2]
        done = mark.end()
    text += marked[done:]
    if "[[" in text or "]]" in text:
        raise ValueError(f"{where}: a mark is not closed.")
    return text, tuple(violations)


def lines(folder: Path = FOLDER) -> Iterator[tuple[str, str]]:
    """Yield ``(where, line)`` for every line under ``folder`` that writes down a message."""
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.strip() and not line.startswith("#"):
                yield f"{path.name}:{number}", line


def examples() -> Iterator[Labelled]:
    """Yield the examples of the rules: what a rule lets through is as innocent as the nearest text can be."""
    number = 0
    for rule in all_rules().values():
        for text in (*rule.accepted, *(rule.flagged if rule.id in RULES else ())):
            number += 1
            yield _example(rule.id, text, f"examples.txt:{number}")


def _example(rule: str, marked: str, where: str) -> Labelled:
    role, purpose = getattr(marked, "role", "seller"), getattr(marked, "purpose", "reply")
    text, violations = _unmark(marked.replace("«", f"[[{rule}:").replace("»", "]]"), where)
    return Labelled(where, role, purpose, "mul", "plain" if violations else "hard_negative", text, violations)


def messages(folder: Path = FOLDER) -> Iterator[Labelled]:
    """Yield every message written down under ``folder``. Raises ``ValueError`` for a line that cannot be read."""
    for where, line in lines(folder):
        yield read(line, where)


def main() -> int:
    """Check every line; print what is there."""
    said: dict[str, str] = {}
    counts: Counter[str] = Counter()
    wrong = 0
    for where, line in lines():
        try:
            message = read(line, where)
        except ValueError as error:
            print(error)
            wrong += 1
            continue
        if message.text in said:
            print(f"{where}: the same text as {said[message.text]}.")
            wrong += 1
        said[message.text] = where
        name = where.partition(":")[0]
        counts.update([name, message.language, message.style, *(rule for rule, _, _ in message.violations)])
    for name, count in sorted(counts.items()):
        print(f"{count:6} {name}")
    print(f"{len(said)} messages, {wrong} lines that cannot be read")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
