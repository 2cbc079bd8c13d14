"""What each role may do, as two tables.

read    open what belongs to the seller, or any conversation of the marketplace
reply   write a message in the name of the seat
rule    decide on held messages
serve   work the marketplace's own service inbox
verify  check the chain of a conversation's record and export it
repair  have deliveries that were given up tried again, or skip them
connect make the secret by which a shop hands its buyers over
manage  change what stands for the whole: a shop's staff, policies and listings; a marketplace's settings and sellers
audit   see what everybody did
"""

from typing import Literal

from comity.accounts.models import OperatorStaff, Staff

Action = Literal["read", "reply", "rule", "serve", "verify", "repair", "connect", "manage", "audit"]

SELLER_MAY: dict[str, frozenset[Action]] = {
    Staff.Role.OWNER: frozenset({"read", "reply", "manage"}),
    Staff.Role.AGENT: frozenset({"read", "reply"}),
    Staff.Role.READ_ONLY: frozenset({"read"}),
}

OPERATOR_MAY: dict[str, frozenset[Action]] = {
    OperatorStaff.Role.MODERATOR: frozenset({"read", "rule"}),
    OperatorStaff.Role.SERVICE_AGENT: frozenset({"read", "reply", "serve"}),
    OperatorStaff.Role.ADJUDICATOR: frozenset({"read", "verify"}),
    OperatorStaff.Role.INVESTIGATOR: frozenset({"read", "verify", "audit"}),
    OperatorStaff.Role.ADMIN: frozenset(
        {"read", "reply", "rule", "serve", "verify", "repair", "connect", "manage", "audit"}
    ),
}


def may(seat: Staff | OperatorStaff, action: Action) -> bool:
    """Whether the role of this seat allows ``action``; a role that no table knows may do nothing."""
    table = SELLER_MAY if isinstance(seat, Staff) else OPERATOR_MAY
    return action in table.get(seat.role, frozenset())
