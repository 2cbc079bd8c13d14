"""Which status may follow which."""

from comity.orders.models import TRANSITIONS, Order

OVER = frozenset({Order.Status.CANCELLED, Order.Status.UNFULFILLABLE})


def reachable(status: str, later: str) -> bool:
    """Whether an order may come from ``status`` to ``later`` along the table, in any number of steps or none."""
    seen, ahead = {status}, [status]
    while ahead:
        for following in TRANSITIONS[ahead.pop()] - seen:
            seen.add(following)
            ahead.append(following)
    return later in seen


def ahead_of(status: str) -> list[str]:
    """Every status that an order in ``status`` may still come to, in the order of the table."""
    return [str(one) for one in TRANSITIONS if one != status and reachable(status, one)]
