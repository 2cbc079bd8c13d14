"""Precision and recall of the rule engine on labelled messages, and how many it checks a second.

    python benchmarks/policy_quality.py [--data DIR] [--misses RULE] [--alarms]

Reads DIR/corpus (labelled spans) and, where present, DIR/bitext-intents and DIR/amazon-product-qa (innocent
messages only). A labelled span is found when a finding of its rule touches it. A finding is right when it
touches a span of its rule, neutral when it touches a span of another rule, and wrong otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from comity_policy import Context, Draft, Outcome, Verdict, check, load_rulebook

RULEBOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
RULES = {entry.rule.id for entry in RULEBOOK.entries}
NO_IDS = Context(known_ids=frozenset())
Message = dict[str, Any]


def read(folder: Path, pattern: str = "*.jsonl") -> Iterator[Message]:
    for file in sorted(folder.glob(pattern)):
        with file.open(encoding="utf-8") as lines:
            yield from (json.loads(line) | {"file": file.stem} for line in lines)


def verdict(message: Message) -> Verdict:
    role = message.get("role") or message["direction"]
    return check(Draft(message["text"], role, message.get("purpose", "inquiry")), NO_IDS, RULEBOOK)


def gold(message: Message) -> list[tuple[str, int, int]]:
    spans = [(one["rule"], message["text"].index(one["span"]), len(one["span"])) for one in message["violations"]]
    return [(rule, start, start + length) for rule, start, length in spans]


def touches(finding: Any, start: int, end: int) -> bool:
    return finding.start < end and start < finding.end


def score(messages: list[Message], arguments: argparse.Namespace) -> None:
    found: Counter[tuple[str, str]] = Counter()
    wanted: Counter[tuple[str, str]] = Counter()
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for message in messages:
        findings = verdict(message).findings
        spans = gold(message)
        for rule, start, end in spans:
            key = (rule, message["style"])
            hit = any(one.rule == rule and touches(one, start, end) for one in findings)
            wanted[key] += 1
            found[key] += hit
            if not hit and rule == arguments.misses:
                print(f"missed {message['style']}: {message['text'][start:end]!r} in {message['text']!r}")
        for one in findings:
            own = any(one.rule == rule and touches(one, start, end) for rule, start, end in spans)
            other = any(touches(one, start, end) for _, start, end in spans)
            right[one.rule] += own
            wrong[one.rule] += not own and not other
            if arguments.alarms and not own and not other:
                print(f"alarm {one.rule} {one.outcome}: {one.quote(message['text'])!r} in {message['text']!r}")
    table(wanted, found, right, wrong)


def share(part: int, whole: int) -> str:
    return f"{part / whole:6.1%} ({part}/{whole})" if whole else "-"


def table(
    wanted: Counter[tuple[str, str]], found: Counter[tuple[str, str]], right: Counter[str], wrong: Counter[str]
) -> None:
    styles = ("plain", "mixed", "obfuscated", "paraphrase")
    print(f"{'rule':22}{'precision':>18}" + "".join(f"{style:>18}" for style in styles))
    for rule in sorted(RULES):
        cells = (share(found[rule, style], wanted[rule, style]) for style in styles)
        precision = share(right[rule], right[rule] + wrong[rule])
        print(f"{rule:22}{precision:>18}" + "".join(f"{cell:>18}" for cell in cells))


def innocent(name: str, messages: list[Message], *, show: bool) -> None:
    outcomes: Counter[Outcome] = Counter()
    for message in messages:
        reached = verdict(message)
        outcomes[reached.outcome] += 1
        if show and reached.findings:
            one = reached.findings[0]
            print(f"alarm {one.rule} {one.outcome}: {one.quote(message['text'])!r} in {message['text']!r}")
    touched = len(messages) - outcomes[Outcome.DELIVER]
    blocked = outcomes[Outcome.BLOCK]
    print(f"{name:44}any finding {share(touched, len(messages)):>18}   blocked {share(blocked, len(messages)):>18}")


def speed(messages: list[Message]) -> None:
    for message in messages[:200]:
        verdict(message)
    begin = time.process_time()
    for message in messages:
        verdict(message)
    spent = time.process_time() - begin
    mean = sum(len(message["text"]) for message in messages) / len(messages)
    print(f"{len(messages) / spent:,.0f} messages a second on one core (mean {mean:.0f} characters, CPU time)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--misses", metavar="RULE", help="print the spans of this rule that were not found")
    parser.add_argument("--alarms", action="store_true", help="print every wrong finding")
    arguments = parser.parse_args()
    messages = list(read(arguments.data / "corpus"))
    if not messages:
        print(f"skipped: there is no corpus in {arguments.data}; name the folder with --data")
        return 0
    score(messages, arguments)
    innocent("corpus, innocent", [one for one in messages if not one["violations"]], show=False)
    for folder in ("bitext-intents", "amazon-product-qa"):
        for file in sorted((arguments.data / folder).glob("fp_*.jsonl")):
            innocent(f"{folder}/{file.stem}", list(read(file.parent, file.name)), show=arguments.alarms)
        if not (arguments.data / folder).exists():
            print(f"skipped: there is no {folder} in {arguments.data}")
    speed(messages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
