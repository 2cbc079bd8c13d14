"""Named places where a test may kill the process. Off unless the environment names the place."""

import os

_EXIT_LIKE_A_KILL = 137


def crash_point(name: str) -> None:
    """End the process here, at once and without clean-up, when ``COMITY_CRASH_POINT`` is ``name``."""
    if os.environ.get("COMITY_CRASH_POINT") == name:
        os._exit(_EXIT_LIKE_A_KILL)
