"""The `comity` command: one module per command under ``commands``, loaded only when it is asked for.

Data goes to standard output, progress and complaints to standard error. Exit codes: 0 all is well, 1 something
was found or refused, 2 the command was used wrongly.
"""

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from importlib import metadata

USAGE = 2

COMMANDS = {
    "demo": "a small living marketplace to look at, in one process",
    "serve": "the web pages; with SQLite the background work, too",
    "worker": "the background work beside `comity serve` on PostgreSQL",
    "live": "tells open pages at once that something changed",
    "import": "sellers, staff, buyers, products, listings, orders and shipments from a file",
    "feed": "a seller's file of shipments, adjustments or acknowledgements",
    "reindex": "the search index, brought up to date",
    "check": "a message, or a file of them, against the rules; needs no database",
    "rules": "what messages are held to; and stored messages under another rulebook",
    "verify": "that the record of every conversation is unaltered",
    "ledger": "that the books agree with themselves, with orders and payments; or what was booked of one order",
    "doctor": "whether this machine and its settings are fit to serve",
}
ABOUT = """usage: comity COMMAND [OPTIONS]

Messaging and customer service for any online marketplace: every message checked against dated rules before delivery.

commands:
{commands}

`comity COMMAND --help` explains one, with examples. A first look: `comity demo`.

Settings come from the environment: COMITY_DATA (folder of the embedded database, files and keys; ./comity-data
unless set), COMITY_DATABASE_URL (postgresql://…; the embedded database unless set), COMITY_BASE_URL,
COMITY_SMTP_URL. See docs/operate/commands.md.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that ``argv`` names and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        sys.stderr.write(_about())
        return USAGE
    if words[0] in ("-h", "--help", "help"):
        sys.stdout.write(_about())
        return 0
    if words[0] in ("-V", "--version"):
        sys.stdout.write(f"comity {metadata.version('comity')}\n")
        return 0
    if words[0] not in COMMANDS:
        sys.stderr.write(_unknown(words[0]))
        return USAGE
    return _run(words[0], words[1:])


def _run(name: str, words: list[str]) -> int:
    module = importlib.import_module(f"comity.config.commands.{name}_command")
    parser = argparse.ArgumentParser(
        prog=f"comity {name}", description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    module.add_arguments(parser)
    arguments = parser.parse_args(words)
    if getattr(arguments, "data", None):
        os.environ["COMITY_DATA"] = arguments.data
    try:
        return int(module.run(arguments))
    except BrokenPipeError:
        # Whoever read our output has enough (`comity verify | head`); Python would complain while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130
    except Exception as error:
        if sentence := _sentence(error):
            sys.stderr.write(f"comity {name}: {sentence}\n")
            return USAGE
        raise


def _sentence(error: Exception) -> str:
    """What to tell a person about an error that is theirs to mend; empty for one that is ours."""
    from comity.common.errors import Refused  # only here: a command that goes well does without
    from comity.config.environment import BadEnvironmentError  # the same

    if isinstance(error, Refused):
        return error.sentence
    if isinstance(error, BadEnvironmentError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}".removeprefix(": ")
    if "database is locked" in str(error) and _is_of_the_database(error):
        return (
            "another Comity writes to this database without a rest, so this one did not get its turn. "
            "What is applied stays: run the same again, or stop the other one first."
        )
    if _is_of_the_database(error):
        return f"the database cannot be used ({(str(error).splitlines() or [''])[0]}); `comity doctor` says more."
    return ""


def _is_of_the_database(error: Exception) -> bool:
    """Whether the database is away or damaged. A wrong statement or value is a fault of this program's own."""
    database = sys.modules.get("django.db")
    if database is None:
        return False
    away = isinstance(error, (database.OperationalError, database.InternalError))
    # SQLite raises the plain class for a file that is damaged or no database at all.
    return away or type(error) is database.DatabaseError


def _about() -> str:
    return ABOUT.format(commands="\n".join(f"  {name:<8} {what}" for name, what in COMMANDS.items()))


def _unknown(word: str) -> str:
    near = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f"Did you mean `comity {near[0]}`?" if near else f"There are {', '.join(COMMANDS)}."
    return f"comity: there is no command “{word[:40]}”. {hint}\n"


if __name__ == "__main__":
    sys.exit(main())
