"""Check a message against the rules, before anybody sends it. Needs no database.

Without --jsonl, FILE (or standard input) is one text and a readable report is printed; it says too when the pages
would not take the text at all: nothing to read in it, too long, or a character that cannot be sent.

With --jsonl, every line is {"id", "role", "purpose", "lang"?, "text", "context"?} and every answer, in the same
order, is {"id", "outcome": "deliver|warn|hold|block", "findings": [{"rule", "start", "end", "quote", "outcome",
"reason", "advice"}]}. Offsets count code points of the text; start16 and end16 count as browsers do.

Exit code: 0 nothing found, 1 something found, 2 used wrongly, or the text or a line could not be read.

for example:
  echo "Call me on 0151 23456789" | comity check
  comity check --role buyer --purpose inquiry message.txt
  comity check --language de message.txt
  comity check --jsonl messages.jsonl > verdicts.jsonl
"""

import argparse
from datetime import date

from comity_policy.__main__ import add_arguments as add_engine_arguments
from comity_policy.__main__ import run as run_engine

_PROFILE = "open-marketplace"  # the marketplace's that says nothing else


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity check` understands: the same as the engine's own command."""
    add_engine_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check and print."""
    return run_engine(arguments, name="comity check", refusal=_refusal)


def _refusal(text: str, day: date) -> str:
    from comity.accounts.profiles import profile_from_file  # not for help texts
    from comity.messaging.services.text import MessageRefused, clean  # the same

    try:
        clean(text, limit=profile_from_file(_PROFILE, day).message_characters)
    except MessageRefused as refused:
        return refused.sentence
    return ""
