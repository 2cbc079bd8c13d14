"""Make docs/rules/: one page a rule and an index, from the rules and the published rulebooks.

Exit 0, or 1 with `--check` (which writes nothing) when a page is missing, stale or no longer a rule's.
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from comity_policy.model import ROLES, Rule
from comity_policy.rulebook import Entry, Rulebook, load_rulebook
from comity_policy.rules import all_rules

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/rules"
MADE = "Made by `make docs` from the rule itself; do not edit it by hand."
INDEX = """\
# Rules

{made}

A rule names what is forbidden. What follows when it finds something stands in a rulebook, a dated file in
`src/comity_policy/rulebooks/`: `deliver`, `warn` (the author confirms once), `hold` (a person rules) or `block`.

| rule | forbids | since |
| --- | --- | --- |
{rules}

## A rulebook

`<name>@<year-month-day>.toml` is in force from that day until the next file of its name. A published file is
never changed: every verdict keeps the SHA-256 of the file it was reached under. It says

- `name` and `valid_from`, the same as in the file's name;
- for each rule a table `[rules."<rule>"]` with a line for every form in which that rule reports,
  `<form> = {{ seller = "<outcome>", buyer = "<outcome>" }}`;
- where a purpose differs, `[rules."<rule>".purposes.<purpose>]` with the same kind of lines;
- where a rule asks for them, `[rules."<rule>".parameters]`.

A rule that a rulebook does not name is not applied. Anything misspelt or missing is named when the file is
loaded, and the file is then not used at all.
"""


def published_rulebooks() -> list[Rulebook]:
    """Every rulebook in the source tree, by name and date."""
    books = [file.stem.split("@") for file in sorted((ROOT / "src/comity_policy/rulebooks").glob("*.toml"))]
    return [load_rulebook(name, date.fromisoformat(day)) for name, day in books]


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


def _outcomes(rule: Rule, rulebooks: list[Rulebook]) -> Iterator[str]:
    yield f"| rulebook | form | {' | '.join(ROLES)} |"
    yield f"| --- | --- | {' | '.join('---' for _ in ROLES)} |"
    for book in rulebooks:
        for entry in book.entries:
            if entry.rule.id == rule.id:
                yield from _lines(f"{book.name}, {book.valid_from}", entry)


def _lines(book: str, entry: Entry) -> Iterator[str]:
    for form, by_role in entry.outcomes.items():
        yield f"| {book} | {form} | {' | '.join(by_role[role] for role in ROLES)} |"
    for purpose, outcomes in entry.by_purpose.items():
        for form, by_role in outcomes.items():
            yield f"| {book} | {form}, purpose {purpose} | {' | '.join(by_role[role] for role in ROLES)} |"


def _examples(title: str, texts: tuple[str, ...]) -> Iterator[str]:
    if texts:
        yield f"{title}:\n"
        yield from (f"    {_visible(text)}" for text in texts)
        yield ""


def _visible(text: str) -> str:
    """The text with what cannot be seen written as its code point."""
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
