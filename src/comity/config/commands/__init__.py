"""One module per command: its documentation is its help, ``add_arguments`` and ``run`` are what it does.

No module here imports Django while it is loaded: help must work without settings, and `comity check` without
a database. ``start`` is called first by those that need them.
"""

import argparse
import os


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Let a command that uses the database say where the embedded one lies."""
    parser.add_argument(
        "--data", metavar="DIR", help="folder of the embedded database, files and keys (default: COMITY_DATA)"
    )


def start(*, only_looks: bool = False) -> None:
    """Make models and settings usable; with ``only_looks`` without writing keys where there is no installation."""
    from comity.config import environment  # `comity check` does without

    environment.only_looks = only_looks
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.config.settings")
    import django  # slow: not for help texts

    django.setup()
