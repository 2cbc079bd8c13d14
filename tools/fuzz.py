"""Look for a text or a rulebook that the rule engine falls over: `python tools/fuzz.py [--seconds 300] [texts|books]`.

Inputs are found by atheris, guided by which branches of the engine they reach, in two processes one after the other.

- texts: any bytes, read in several ways and repeated up to a million characters, get a verdict without a failing rule,
  with findings in the text and on the borders of what a person sees as one character; four times the text is at most
  about four times the work, counted in calls.
- books: any TOML, and rulebooks put together out of right and wrong lines, are used or refused with a sentence.

Exit 1 when one does not hold: the input then lies in the temporary folder, in the file that is named.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["comity_policy"]):
    from comity_policy import Context, Draft, RulebookError, TextTooLongError, check, load_rulebook
    from comity_policy.engine import LONGEST
    from comity_policy.model import PURPOSES, ROLES, Attached
    from comity_policy.rulebook import parse_rulebook
    from comity_policy.rules import all_rules
    from comity_policy.text.graphemes import is_boundary

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 300  # for texts and books together
LONGEST_INPUT = 4_096  # bytes that atheris changes; long texts are repeats of them
COUNTED = 2_000  # characters up to which a text is checked again four times as long
WORDS = 3  # that a refusal has at least
HIGH = 127  # a byte above it says the other of two things
CALLS = 20_000  # what a text may cost whatever its length: a first name of each kind, tables

EXAMPLES = sorted({text for rule in all_rules().values() for text in (*rule.flagged, *rule.accepted)})
PIECES = sorted({piece for text in EXAMPLES for piece in text.translate({171: None, 187: None}).split()})
ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le", "latin-1", "cp1251", "big5", "shift_jis")
REPEATS = (*(1,) * 24, 4, 4, 4, 4, 40, 40, 400, 2 * LONGEST)  # long texts are slow, so they are rare
BOOKS = [load_rulebook(name, date.max) for name in ("open-marketplace", "amazon-current")]
KNOWN = Context(
    region="GB",
    order_id="114-3941689-8772232",
    shows_order_id=False,
    days={"completed": 31},
    review_requests=1,
    follow_ups=4,
    alike=51,
    buyer_language="de",
    attached=(Attached("exe", 10),),
    by_mail=True,
)


def text_of(data: bytes, way: int) -> str:
    """Return what ``data`` says: by itself, or as numbers of words from the rules' examples."""
    if way % 8 < len(ENCODINGS):
        encoding = ENCODINGS[way % 8]
        return data.decode(encoding, "surrogatepass" if encoding.startswith("utf-") and way > HIGH else "replace")
    return " ".join(
        PIECES[(first << 8 | second) % len(PIECES)] for first, second in zip(data[::2], data[1::2], strict=False)
    )


def try_text(data: bytes) -> None:
    """Check one text; raises ``AssertionError`` when something does not hold, and whatever the engine raises."""
    if len(data) < 4:  # noqa: PLR2004 - how it is read, by whom it is, what for, how often
        return
    try:
        text = text_of(data[4:], data[0])
    except UnicodeDecodeError:
        return
    role, purpose = ROLES[data[1] % 2], PURPOSES[data[2] % len(PURPOSES)]
    times = REPEATS[data[3] % len(REPEATS)]
    long = (text * min(times, LONGEST // max(1, len(text)) + 1))[: LONGEST + 1]
    known = replace(KNOWN, known_ids=frozenset(text.split()[:2]))
    try:
        verdict = check(Draft(long, role, purpose), known if data[1] > HIGH else None, BOOKS[data[2] > HIGH])
    except TextTooLongError:
        assert len(long) > LONGEST
        return
    assert len(long) <= LONGEST
    assert verdict.failed == (), verdict.failed
    for one in verdict.findings:
        assert 0 <= one.start <= one.end <= len(long)
        assert is_boundary(long, one.start)
        assert is_boundary(long, one.end)
    if data[3] % 8 == 0 and len(text) <= COUNTED:
        once, more = calls(text), calls((text + "\n") * 4)
        assert more <= 5 * once + CALLS, f"{once} calls for one, {more} for four"


def calls(text: str) -> int:
    """Return how many functions a check of ``text`` calls: its work, on any machine."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        check(text)
    finally:
        sys.setprofile(None)
    return count


HEAD = 'name = "b"\nvalid_from = 2027-01-01\n'
KEYS = (
    "[rules]",
    "[terms]",
    "[own.rival]",
    '[rules."own.rival"]',
    '[rules."contact.email"]',
    '[rules."link.external"]',
    '[rules."contact.email".purposes]',
    '[rules."contact.email".purposes.reply]',
    '[rules."link.external".parameters]',
    '[rules."purpose.expired"]',
    '[rules."purpose.expired".parameters]',
    "[rules.nobody]",
    "[[own]]",
    "[group]",
    "group =",
    "extends =",
    "valid_until =",
    "rules =",
    "own =",
    "terms =",
    "plain =",
    "asked =",
    "meant =",
    "reply =",
    "purposes =",
    "parameters =",
    "carriers =",
    "pages =",
    "days =",
    "anchor =",
    "response_hours =",
    "shipment_mail =",
    "contact_before_claim =",
    "title =",
    "why =",
    "reason =",
    "advice =",
    "patterns =",
    "colour =",
)
VALUES = (
    "{ seller = 'block', buyer = 'hold' }",
    "{ seller = 'shout' }",
    "{}",
    "[]",
    "['x']",
    "[1]",
    "[[['x']]]",
    "1",
    "-1",
    "1.5",
    "nan",
    "true",
    "''",
    "'block'",
    "'off'",
    "'trial'",
    "'loud'",
    "2027-06-30",
    "2020-01-01",
    "07:30:00",
    "'a@b'",
    "2027-06-30T00:00:00Z",
    "'open-marketplace@2026-01-01'",
    "'open-marketplace@2026-11-22'",
    "'b@2027-01-01'",
    "'{}'",
    "'open-marketplace@9999-99-99'",
    "'required'",
    "999999999999999999999999999999",
    "'''(a|b'''",
    "['\\bpay(?:pal|ments?)\\b']",
    "['(?=x)']",
)


def book_of(data: bytes) -> bytes:
    """Return a rulebook of lines that ``data`` numbers, with what is left of it as a pattern."""
    lines = [
        f"{KEYS[key % len(KEYS)]} {VALUES[value % len(VALUES)] if '=' in KEYS[key % len(KEYS)] else ''}"
        for key, value in zip(data[:24:2], data[1:24:2], strict=False)
    ]
    rest = data[24:].decode("utf-8", "replace").replace("'", "").replace("\n", " ")
    if rest:
        texts = "".join(f"{one} = 'x'\n" for one in ("title", "why", "reason", "advice"))
        lines.append(f"[own.rest]\n{texts}patterns = ['{rest}']\n[rules.'own.rest']\nplain = {VALUES[0]}")
    return (HEAD + "\n".join(lines)).encode()


def try_book(data: bytes) -> None:
    """Load one rulebook and check a text under it; raises what is neither a verdict nor a refusal with a sentence."""
    book = book_of(data[1:]) if data[:1] > bytes([HIGH]) else data
    try:
        loaded = parse_rulebook(book, name="b", valid_from=date(2027, 1, 1))
    except RulebookError as error:
        refused = str(error)
        if len(refused.split()) < WORDS:
            raise AssertionError(refused) from None
        return
    assert check(Draft("Pay me by PayPal: ann@lind.de", "seller", "reply"), None, loaded).failed == ()


CHILD = "--child"  # what the process that searches is started with
TARGETS = {"texts": try_text, "books": try_book}


def seeds(name: str, folder: Path) -> None:
    """Write what the search begins with."""
    books = sorted((ROOT / "src/comity_policy/rulebooks").glob("*@*.toml"))
    if name == "texts":
        found = [b"\0\0\0\1" + text.encode() for text in EXAMPLES]
    else:
        found = [HEAD.encode() + book.read_bytes().partition(b"\n\n")[2] for book in books]
        found += [bytes([255, *range(offset, offset + 24)]) + b"\\bpay" for offset in range(0, 200, 7)]
    for index, one in enumerate(found):
        (folder / f"{index}").write_bytes(one)


def search(name: str, seconds: int) -> bool:
    """Search in a process of its own; returns whether everything held."""
    limits = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST_INPUT}",
        "-timeout=120",
        "-rss_limit_mb=4096",
        "-seed=4",
    ]
    kept = f"-artifact_prefix={tempfile.gettempdir()}/comity-fuzz-{name}-"
    with tempfile.TemporaryDirectory(prefix="comity-fuzz-") as place:
        seeds(name, Path(place))
        command = [sys.executable, __file__, CHILD, name, place, kept, *limits]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    held = done.returncode == 0
    lines = done.stderr.splitlines()
    print(f"{name}: {'holds' if held else 'FAILS'}; {' '.join([one for one in lines if one.startswith('Done')])}")
    if not held:
        print("\n".join(lines[-40:]), file=sys.stderr)
    return held


def main(arguments: list[str]) -> int:
    if arguments[:1] == [CHILD]:
        atheris.Setup(arguments[1:], TARGETS[arguments[1]])
        atheris.Fuzz()
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", nargs="?", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    options = parser.parse_args(arguments)
    names = [options.target] if options.target else list(TARGETS)
    held = [search(name, options.seconds // len(names)) for name in names]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
