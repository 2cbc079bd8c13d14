"""Make docs/rules/: one page a rule and an index, from the rules and the published rulebooks.

Exit 0, or 1 with `--check` (which writes nothing) when a page is missing, stale or no longer a rule's.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from comity_policy.model import CONTEXT_FACTS, ROLES, Attached, Example, Rule
from comity_policy.rulebook import Entry, Rulebook, rulebooks
from comity_policy.rules import all_rules

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/rules"
PLAIN = {"seller", "reply"}  # what an example is that says nothing else
LONGEST = 400
MADE = "Made by `make docs` from the rule itself; do not edit it by hand."
INDEX = """\
# Rules

{made}

A rule names what is forbidden. What follows when it finds something stands in a rulebook, a dated file in
`src/comity_policy/rulebooks/`: `deliver`, `warn` (the author confirms once), `hold` (a person rules) or `block`.
`open-marketplace` is what a new marketplace starts with; `guide-k1` and `amazon-…` are dated readings of what large
marketplaces publish, and `amazon-current` is the latest of those.

| rule | forbids | since |
| --- | --- | --- |
{rules}

## A rulebook

`<name>@<year-month-day>.toml` is in force from that day until the next file of its name. A published file is
never changed: every verdict keeps the SHA-256 of the file it was reached under. It says

- `name` and `valid_from`, the same as in the file's name;
- for each rule a table `[rules."<rule>"]` with a line for each form in which that rule may act,
  `<form> = {{ seller = "<outcome>", buyer = "<outcome>" }}`; a form without a line does not act, and neither does a
  rule without a table; the form `meant`, what was understood from the sense of a passage, may stand in every table;
- `group`, there or for the whole book: the most that may follow, `block`, `hold` or `warn`; `trial` lets a rule run
  silently to be counted, `off` does not apply it;
- where a purpose differs, `[rules."<rule>".purposes.<purpose>]` with the same kind of lines;
- where a rule asks for them, `[rules."<rule>".parameters]`.

It may also say

- `extends = "<name>@<day>"`: everything is as in that book but for what stands here;
- `valid_until`, its last day, where a book of another name goes on; a file `<name>.toml` with `books = [names]` is an
  alias for whichever of them is in force;
- `[own.<name>]` with `title`, `why`, `reason`, `advice` and `patterns` (RE2, over lower-case text without accents):
  a rule of its own, named `own.<name>` in `[rules]`;
- `[terms]`: what holds beside messages, such as `response_hours`; see `comity_policy/terms.py`.

Anything misspelt or missing, a pattern that RE2 does not take, and books of an alias that overlap are named when the
files are loaded, and nothing starts with them.
"""


def published_rulebooks() -> list[Rulebook]:
    """Every rulebook in the source tree, by name and date."""
    return list(rulebooks())


def pages(rules: dict[str, Rule], rulebooks: list[Rulebook]) -> dict[str, str]:
    """File name -> text of everything in docs/rules/."""
    lines = [f"| [{rule.id}]({rule.id}.md) | {rule.title} | {rule.since} |" for rule in rules.values()]
    made = {f"{rule.id}.md": "\n".join(_page(rule, rulebooks)) + "\n" for rule in rules.values()}
    return made | {"index.md": INDEX.format(made=MADE, rules="\n".join(lines))}


def _page(rule: Rule, rulebooks: list[Rulebook]) -> Iterator[str]:
    family, name = rule.id.split(".")
    yield f"# {rule.id}: {rule.title}\n"
    yield f"{MADE} Since {rule.since}; asked for by {', '.join(rule.source)} in [the requirements](../requirements.md);"
    yield f"code in [{name}.py](../../src/comity_policy/rules/{family}/{name}.py).\n"
    yield f"{rule.why}\n"
    yield "## What the author reads\n"
    yield from (f"- {form}: {reason}" for form, reason in rule.reasons.items())
    yield f"\nAdvice: {rule.advice}\n"
    yield "## What follows\n"
    yield from _outcomes(rule, rulebooks)
    yield "\n## Examples\n"
    yield "What stands between « and » is marked for the author.\n"
    yield from _examples("Found", rule.flagged)
    yield from _examples("Left alone", rule.accepted)
    yield from _examples("Known to be missed for now", rule.known_miss)


def _outcomes(rule: Rule, published: list[Rulebook]) -> Iterator[str]:
    """A line for each way in which a form is judged, with the rulebooks that judge it so."""
    books: dict[str, list[str]] = {}
    for book in published:
        for entry in book.entries:
            for line in _lines(entry) if entry.rule.id == rule.id else ():
                books.setdefault(line, []).append(f"{book.name} {book.valid_from}")
    yield f"| form | {' | '.join(ROLES)} | rulebooks |"
    yield f"| --- | {' | '.join('---' for _ in ROLES)} | --- |"
    yield from (f"| {line} | {', '.join(names)} |" for line, names in sorted(books.items()))


def _lines(entry: Entry) -> Iterator[str]:
    by_purpose = {"": entry.outcomes, **{f", purpose {one}": outcomes for one, outcomes in entry.by_purpose.items()}}
    trial = " (trial)" if entry.trial else ""
    for purpose, outcomes in by_purpose.items():
        for form, by_role in outcomes.items():
            yield f"{form}{purpose}{trial} | {' | '.join(by_role[role] for role in ROLES)}"


def _examples(title: str, texts: tuple[str, ...]) -> Iterator[str]:
    if texts:
        yield f"{title}:\n"
        yield from (f"    {_visible(text)}{_about(text)}" for text in texts)
        yield ""


def _about(text: str) -> str:
    """What beside its text makes an example one, for readers."""
    if not isinstance(text, Example):
        return ""
    said = [
        f"{name}: {value}" for name, value in (("role", text.role), ("purpose", text.purpose)) if value not in PLAIN
    ]
    facts = ((fact, getattr(text.context, fact)) for fact in CONTEXT_FACTS)
    said += [f"{fact}: {_plain(value)}" for fact, value in facts if value is not None and value != frozenset()]
    return f"  ({'; '.join(said)})" if said else ""


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(one)}" for key, one in value.items())
    if isinstance(value, tuple | frozenset):
        return ", ".join(_plain(one) for one in value)
    return f"{value.kind} of {value.size:,} bytes" if isinstance(value, Attached) else str(value)


def _visible(text: str) -> str:
    """The text with what cannot be seen written as its code point, and long repetitions shortened."""
    text = text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def main(arguments: list[str], folder: Path = FOLDER) -> int:
    made = pages(dict(all_rules()), published_rulebooks())
    present = {path.name: path.read_text() for path in folder.glob("*.md")}
    if "--check" not in arguments:
        folder.mkdir(exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text)
        for name in present.keys() - made.keys():
            (folder / name).unlink()
        return 0
    wrong = sorted(name for name in made.keys() | present.keys() if made.get(name) != present.get(name))
    for name in wrong:
        print(f"docs/rules/{name} is stale: run make docs", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
