"""What became of each of many things that were asked for at once: a feed's records, a page's ticked orders, or one."""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.common.errors import Refused
from comity.common.import_values import Fault


@dataclass(frozen=True, slots=True)
class Result:
    """``made``: the public id of what there is now; ``repeated``: it was there before, exactly so.

    With ``faults`` nothing of this one was done; the others are not concerned. ``warnings``: it was done, and somebody
    should look at it.
    """

    made: str = ""
    repeated: bool = False
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def only(results: Sequence[Result]) -> Result:
    """The result of the one thing that was asked for. Raises ``Refused`` with its first fault."""
    (result,) = results
    for fault in result.faults:
        raise Refused(fault.code, fault.sentence, fault.field)
    return result
