"""``python -m comity_policy``: check text or JSON Lines without the product."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from comity_policy.engine import SecondReader, TextTooLongError, check
from comity_policy.model import PURPOSES, ROLES, Context, Draft
from comity_policy.report import NOTHING_FOUND, SOMETHING_FOUND, USAGE, check_lines, report
from comity_policy.rulebook import Rulebook, RulebookError, load_rulebook
from comity_policy.wording import LANGUAGES

_ABOUT = """Check messages against a rulebook.

Without --jsonl, FILE (or standard input) is one plain text and a readable report is printed; of a folder every file
is checked, and those with findings are told.
With --jsonl, every line is {"id", "role", "purpose", "lang"?, "text", "context"?} and every answer is
{"id", "outcome", "findings"}; see comity_policy.report. Exit code: 0 nothing found, 1 something, 2 usage.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``check`` understands, for this command and for ``comity check``."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="text or folder; standard input unless given, or for -")
    parser.add_argument("--jsonl", metavar="FILE", help="JSON Lines to check; - reads standard input")
    parser.add_argument("--role", choices=ROLES, default="seller", help="who writes the text (default: seller)")
    parser.add_argument("--purpose", choices=PURPOSES, default="reply", help="why (default: reply)")
    add_rulebook_arguments(parser)
    add_language_argument(parser)
    parser.add_argument("--reader", action="store_true", help="let the second reader read it too (comity[reader])")
    parser.add_argument("--order", metavar="NUMBER", help="the order that the text is about, and has to name")
    parser.add_argument(
        "--explain", action="store_true", help="say why each rule is there, and what the verdict rests on"
    )


def add_rulebook_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command be told which rulebook it asks, and as of which day."""
    parser.add_argument("--rulebook", default="open-marketplace", metavar="NAME", help="default: open-marketplace")
    parser.add_argument("--on", type=_day, metavar="DAY", help="rulebook in force on DAY (default: today)")


def add_language_argument(parser: argparse.ArgumentParser) -> None:
    """Let a command be told in which language rules speak."""
    known = ", ".join(LANGUAGES)
    parser.add_argument("--language", choices=LANGUAGES, default="en", help=f"of what the rules say: {known}")


def today() -> date:
    """Return the day that it is now, in UTC."""
    return datetime.now(tz=UTC).date()


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{word[:40]}” is no day: write it like 2026-11-22") from None


def run(
    arguments: argparse.Namespace,
    *,
    name: str = "comity_policy",
    refusal: Callable[[str, date], str] = lambda _text, _day: "",
) -> int:
    """Check what ``arguments`` name; write to standard output, complaints to standard error; return the exit code.

    ``name`` is the command's own, for complaints. ``refusal`` says why a form would not take a plain text on a day,
    or returns an empty text; JSON Lines are not asked.
    """
    if arguments.jsonl and arguments.file is not None:
        return _complain(name, f"--jsonl has its file already: leave out “{arguments.file[:40]}”.")
    day = arguments.on or today()
    try:
        rulebook, reader = load_rulebook(arguments.rulebook, day), _reader(arguments)
        if arguments.jsonl:
            return _check_jsonl(arguments, rulebook, reader)
        return _check_text(arguments, _Judges(rulebook, reader, lambda text: refusal(text, day)))
    except (RulebookError, TextTooLongError, MissingError) as error:
        return _complain(name, str(error))
    except UnicodeDecodeError:
        return _complain(name, "the input is not text in UTF-8, so it cannot be checked.")
    except OSError as error:
        sentence = f"{error.filename}: {error.strerror}. The text comes from a file or from standard input"
        return _complain(name, f"{sentence}: echo TEXT | {name}")


def _complain(name: str, sentence: str) -> int:
    sys.stderr.write(f"{name}: {sentence}\n")
    return USAGE


class MissingError(ValueError):
    """What was asked for is not there; the message says why and what to do."""


def _reader(arguments: argparse.Namespace) -> SecondReader | None:
    if not arguments.reader:
        return None
    from comity_policy.reader import ReaderError, shipped  # only for those who ask for it

    try:
        return shipped()
    except ReaderError as error:
        raise MissingError(str(error)) from None


@dataclass(frozen=True)
class _Judges:
    """Who is asked about a plain text: the rulebook, perhaps a second reader, and the form it is written into."""

    rulebook: Rulebook
    reader: SecondReader | None
    refusal: Callable[[str], str]


def _check_jsonl(arguments: argparse.Namespace, rulebook: Rulebook, reader: SecondReader | None) -> int:
    asked = partial(check_lines, rulebook=rulebook, language=arguments.language, reader=reader)
    if arguments.jsonl == "-":
        return asked(sys.stdin.buffer, sys.stdout.write)
    with Path(arguments.jsonl).open("rb") as lines:
        return asked(lines, sys.stdout.write)


def _check_text(arguments: argparse.Namespace, judges: _Judges) -> int:
    if arguments.file and Path(arguments.file).is_dir():
        return _check_folder(arguments, judges)
    text = _read(arguments.file or "-")
    code, told = _checked(text, arguments, judges)
    sys.stdout.write(told)
    return code


def _check_folder(arguments: argparse.Namespace, judges: _Judges) -> int:
    files = sorted(path for path in Path(arguments.file).rglob("*") if path.is_file())
    code = NOTHING_FOUND
    for number, path in enumerate(files, start=1):
        _progress(f"{number:,} of {len(files):,}")
        try:
            found, told = _checked(path.read_bytes().decode("utf-8"), arguments, judges)
        except (UnicodeDecodeError, TextTooLongError, OSError) as error:
            sys.stdout.write(f"{path}: {_why_unread(error)}\n")
            code = USAGE
            continue
        if found:
            sys.stdout.write(f"{path}: {told}\n")
        code = max(code, found)
    _progress("")
    sys.stdout.write(f"{len(files):,} file{'' if len(files) == 1 else 's'} checked.\n")
    return code


def _why_unread(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not text in UTF-8, so it was not checked."
    return f"not checked: {error.strerror if isinstance(error, OSError) else error}"


def _checked(text: str, arguments: argparse.Namespace, judges: _Judges) -> tuple[int, str]:
    """Return the exit code for ``text`` and the report on it."""
    order = arguments.order
    context = Context(known_ids=frozenset({order}), order_id=order, shows_order_id=False) if order else Context()
    verdict = check(Draft(text, arguments.role, arguments.purpose), context, judges.rulebook, reader=judges.reader)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    refused = judges.refusal(text)
    told = report(
        text,
        verdict,
        colour=colour,
        refused=refused,
        explained=judges.rulebook if arguments.explain else None,
        language=arguments.language,
    )
    return (SOMETHING_FOUND if verdict.findings or refused else NOTHING_FOUND), told


def _progress(words: str) -> None:
    """Say on a terminal how far it is, on one line that the next call replaces."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{words}")
        sys.stderr.flush()


def _read(file: str) -> str:
    if file == "-":
        return sys.stdin.buffer.read().decode("utf-8")
    return Path(file).read_bytes().decode("utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="comity_policy", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
