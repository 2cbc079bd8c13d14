"""What each role may do, as two tables.

read    open what belongs to the seller, or any conversation of the marketplace
reply   write a message in the name of the seat
announce  write a notice or recall for the side
rule    decide on held messages
serve   work the marketplace's own service inbox
verify  check the chain of a conversation's record and export it
repair  have deliveries that were given up tried again, or skip them
connect make the secrets by which a shop hands its buyers over and carriers push
manage  change what stands for the whole: a shop's staff, policies and listings; a marketplace's settings and sellers
audit   see what everybody did
"""

from typing import Literal

from comity.accounts.models import OperatorStaff, Staff
from comity.common.errors import Refused

Action = Literal["read", "reply", "announce", "rule", "serve", "verify", "repair", "connect", "manage", "audit"]

READS_ONLY = "Your role reads here and does not write. Ask an owner or admin to change it."

SELLER_MAY: dict[str, frozenset[Action]] = {
    Staff.Role.OWNER: frozenset({"read", "reply", "announce", "manage"}),
    Staff.Role.AGENT: frozenset({"read", "reply", "announce"}),
    Staff.Role.READ_ONLY: frozenset({"read"}),
}

OPERATOR_MAY: dict[str, frozenset[Action]] = {
    OperatorStaff.Role.MODERATOR: frozenset({"read", "announce", "rule"}),
    OperatorStaff.Role.SERVICE_AGENT: frozenset({"read", "reply", "serve"}),
    OperatorStaff.Role.ADJUDICATOR: frozenset({"read", "verify"}),
    OperatorStaff.Role.INVESTIGATOR: frozenset({"read", "verify", "audit"}),
    OperatorStaff.Role.ADMIN: frozenset(
        {"read", "reply", "announce", "rule", "serve", "verify", "repair", "connect", "manage", "audit"}
    ),
}


def may(seat: Staff | OperatorStaff, action: Action) -> bool:
    """Whether the role of this seat allows ``action``; a role that no table knows may do nothing."""
    table = SELLER_MAY if isinstance(seat, Staff) else OPERATOR_MAY
    return action in table.get(seat.role, frozenset())


def require_writer(seat: Staff | OperatorStaff | None, *, action: Action = "reply", field: str = "") -> None:
    """Raise ``Refused`` (``role``, with ``READS_ONLY``) unless there is a seat and its role may take ``action``.

    ``field``: the input of the form beside which the sentence stands.
    """
    if seat is None or not may(seat, action):
        raise Refused("role", READS_ONLY, field)
