"""The rules that messages are held to, one by one; and what another rulebook would have said of messages on record.

Without more it lists the rules. `show` prints one: what it forbids and why, what follows by rulebook, and examples.
`replay` decides the stored messages again under a rulebook and prints each that would fare differently, with the
rules that it gains (+) and loses (-), then what that comes to. It stores nothing and needs little memory. Rules that
were told more than is on record are not asked again and named at the end; numbers of orders and parcels are today's.

Exit code: 0 (`replay`: nothing changes), 1 `replay` found changes, 2 used wrongly.

for example:
  comity rules
  comity rules show contact.phone
  comity rules show contact.phone --language de
  comity rules replay --rulebook amazon-current --since 2026-11-01
  comity rules replay --rulebook DIGEST        (of a marketplace's own version, from its page)
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from string import hexdigits
from typing import Any

from comity.config.commands import add_data_argument, start
from comity_policy.__main__ import add_language_argument, add_rulebook_arguments, today
from comity_policy.catalogue import rule_list, rule_page
from comity_policy.rulebook import Rulebook, RulebookError, load_rulebook

_NOT_ASKED = "findings not asked again"
_DIGEST = 64  # characters: a version of a marketplace's own is named by its digest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity rules` understands."""
    parts = parser.add_subparsers(dest="part", metavar="{show,replay}")
    add_rulebook_arguments(parser)
    show = parts.add_parser("show", help="one rule", description="One rule: what, why, what follows, examples.")
    show.add_argument("rule", metavar="ID", help="such as contact.phone")
    add_language_argument(show)
    replay = parts.add_parser("replay", help="stored messages under a rulebook", description=__doc__)
    add_rulebook_arguments(replay)
    replay.add_argument("--marketplace", default="", metavar="SLUG", help="only of this one")
    replay.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="only messages sent since that day")
    replay.add_argument("--quotes", action="store_true", help="print the words, too: they may be personal")
    replay.add_argument("--json", action="store_true", help="JSON Lines instead of sentences")
    add_data_argument(replay)


def run(arguments: argparse.Namespace) -> int:
    """Print what is asked for."""
    try:
        return _run(arguments)
    except RulebookError as error:
        sys.stderr.write(f"comity rules: {error}\n")
        return 2


def _run(arguments: argparse.Namespace) -> int:
    if arguments.part == "show":
        page = rule_page(arguments.rule, arguments.language)
        (sys.stdout if page.found else sys.stderr).write(page.text)
        return 0 if page.found else 2
    day = arguments.on or today()
    if arguments.part == "replay":
        return _replay(arguments, day)
    sys.stdout.write(rule_list(load_rulebook(arguments.rulebook, day)))
    return 0


def _replay(arguments: argparse.Namespace, day: date) -> int:
    named = arguments.rulebook
    is_digest = len(named) == _DIGEST and set(named) <= set(hexdigits)
    rulebook = None if is_digest else load_rulebook(named, day)
    start(only_looks=True)
    from comity.config.server import require_tables  # needs settings
    from comity.messaging.selectors.replay import left_out, redecided  # needs models
    from comity.screening.services import rulebook_by_digest  # the same

    require_tables()
    rulebook = rulebook or rulebook_by_digest(named)
    since = datetime.combine(arguments.since, time(), tzinfo=UTC) if arguments.since else None
    totals: Counter[str] = Counter()
    for one in _counted(redecided(rulebook, marketplace=arguments.marketplace, since=since), totals):
        sys.stdout.write(_line(one, quotes=arguments.quotes, as_json=arguments.json))
    not_asked = sorted(left_out(rulebook))
    if arguments.json:
        told = {"rulebook": rulebook.digest, "not_asked": not_asked, **dict(sorted(totals.items()))}
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        sys.stdout.write(_summary(rulebook, totals) + _left_out(not_asked, totals))
    return 1 if totals["changed"] else 0


def _counted(messages: Iterable[Any], totals: "Counter[str]") -> Iterator[Any]:
    """Those that change, each counted with its rules, and every rule on trial that would have found something."""
    for one in messages:
        totals["messages"] += 1
        totals.update(f"trial {rule}" for rule in one.tried)
        totals.update([_NOT_ASKED] * bool(one.not_asked))
        if totals["messages"] % 100 == 0 and sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{totals['messages']:,}")
        if one.changed:
            totals["changed"] += 1
            totals[f"{one.before} -> {one.after}"] += 1
            totals.update(f"+{rule}" for rule in one.gained)
            totals.update(f"-{rule}" for rule in one.lost)
            yield one


def _line(one: Any, *, quotes: bool, as_json: bool) -> str:
    if as_json:
        facts = {"message": one.message, "before": str(one.before), "after": str(one.after)}
        facts |= {"gained": list(one.gained), "lost": list(one.lost)}
        return json.dumps(facts | {"quotes": list(one.quotes)} if quotes else facts) + "\n"
    gained = [
        f"+{rule} {json.dumps(quote)}" if quotes else f"+{rule}"
        for rule, quote in zip(one.gained, one.quotes, strict=True)
    ]
    return " ".join([f"{one.message}: {one.before} -> {one.after}", *gained, *(f"-{rule}" for rule in one.lost)]) + "\n"


def _summary(rulebook: Rulebook, totals: "Counter[str]") -> str:
    head = (
        f"{totals['messages']:,} messages under {rulebook.name} of {rulebook.valid_from}: {totals['changed']:,} change."
    )
    counted = [
        f"  {count:>7,}  {what}"
        for what, count in sorted(totals.items())
        if what not in {"messages", "changed", _NOT_ASKED}
    ]
    return "\n".join([head, *counted]) + "\n"


def _left_out(rules: list[str], totals: "Counter[str]") -> str:
    """A sentence about the rules that are not asked again, and in how many messages they had found something."""
    if not rules:
        return ""
    counted = f"{len(rules)} rules, which had found something in {totals[_NOT_ASKED]:,} messages"
    return f"Not asked again, for what they need beside the words is not on record: {', '.join(rules)} ({counted}).\n"
