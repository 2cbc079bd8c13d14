"""Settling who sends what: one side proposes, the other accepts or declines; both are on record."""

from dataclasses import dataclass
from datetime import date, datetime

from comity.accounts.models import OperatorStaff, Seller, Staff, User
from comity.accounts.selectors.roles import may
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import AGREEMENT_TRANSITIONS, Agreement, Side
from comity.messaging.selectors.agreements import get_agreement, message_kinds, who_sends

State = Agreement.State
NOTE_CHARACTERS = 1000  # what a person reads at a glance; a safety bound, no rule of the marketplace


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a side proposes: who sends ``kind`` from ``valid_from`` on, and why."""

    kind: str
    party: str
    valid_from: date
    note: str = ""


def side_of(staff: Staff | OperatorStaff) -> str:
    """On which side of the table that person sits."""
    return Side.SELLER if isinstance(staff, Staff) else Side.MARKETPLACE


def propose(*, seller: Seller, staff: Staff | OperatorStaff, proposal: Proposal, now: datetime) -> Agreement:
    """Put ``proposal`` before the other side.

    Raises ``Refused``: ``role``, ``kind``, ``party``, ``past`` (a day that has gone), ``note``, ``same`` (that is
    so already), ``open`` (one about this kind waits for an answer).
    """
    _require_manager(staff)
    _require_sensible(seller, proposal, now=now)
    with write():
        locked = _lock(seller)
        if locked.agreements.filter(kind=proposal.kind, state=State.PROPOSED).exists():
            sentence = "A proposal about this kind waits for an answer. Answer or withdraw that one first."
            raise Refused("open", sentence, "kind")
        made = Agreement.objects.create(
            seller=locked,
            public_id=new_id("agr", now),
            kind=proposal.kind,
            party=proposal.party,
            valid_from=proposal.valid_from,
            note=proposal.note.strip(),
            proposed_side=side_of(staff),
            proposed_by=staff.user,
            proposed_at=now,
        )
        _tell(locked, made, "agreement.proposed", staff.user, now=now)
    return made


def accept(*, seller: Seller, staff: Staff | OperatorStaff, agreement_id: str, now: datetime) -> Agreement:
    """Accept the other side's proposal; it counts from its day, from today when that has passed.

    Raises ``NotFound``, and ``Refused``: ``role``, ``own`` (nobody accepts their side's proposal), ``answered``.
    """
    return _answer(seller, staff, agreement_id, State.ACCEPTED, own=False, now=now)


def decline(*, seller: Seller, staff: Staff | OperatorStaff, agreement_id: str, now: datetime) -> Agreement:
    """Decline the other side's proposal: what holds goes on. Raises like ``accept``."""
    return _answer(seller, staff, agreement_id, State.DECLINED, own=False, now=now)


def withdraw(*, seller: Seller, staff: Staff | OperatorStaff, agreement_id: str, now: datetime) -> Agreement:
    """Take one's own side's proposal back. Raises like ``accept``, with ``not_own``."""
    return _answer(seller, staff, agreement_id, State.WITHDRAWN, own=True, now=now)


def _answer(
    seller: Seller, staff: Staff | OperatorStaff, agreement_id: str, state: str, *, own: bool, now: datetime
) -> Agreement:
    _require_manager(staff)
    with write():
        locked = _lock(seller)
        found = get_agreement(locked, agreement_id)
        if state not in AGREEMENT_TRANSITIONS[found.state]:
            raise Refused("answered", "This proposal has been answered or withdrawn meanwhile: see the history below.")
        if own and found.proposed_side != side_of(staff):
            raise Refused("not_own", "Only the side that made a proposal takes it back. You can decline it.")
        if not own and found.proposed_side == side_of(staff):
            raise Refused("own", "Your side made this proposal: the other one answers it. You can take it back.")
        found.state, found.answered_by, found.answered_at = state, staff.user, now
        if state == State.ACCEPTED:
            found.valid_from = max(found.valid_from, now.date())  # nothing that was sent is judged again
        found.save(update_fields=["state", "answered_by", "answered_at", "valid_from"])
        _tell(locked, found, f"agreement.{state}", staff.user, now=now)
    return found


def _require_manager(staff: Staff | OperatorStaff) -> None:
    if not may(staff, "manage"):
        raise Refused("role", "An owner of the shop and an admin of the marketplace settle this; your role reads it.")


def _require_sensible(seller: Seller, proposal: Proposal, *, now: datetime) -> None:
    if proposal.kind not in message_kinds(seller.marketplace, now):
        raise Refused("kind", "Choose one of the kinds of message listed.", "kind")
    if proposal.party not in (Side.SELLER, Side.MARKETPLACE):
        raise Refused("party", "Choose who sends them: the seller or the marketplace.", "party")
    if proposal.valid_from < now.date():
        raise Refused("past", "Choose today or a later day: what was sent before stays as it was.", "valid_from")
    if len(proposal.note) > NOTE_CHARACTERS or "\0" in proposal.note:
        raise Refused("note", f"Write a note of up to {NOTE_CHARACTERS:,} characters, without a NUL.", "note")
    that_day = datetime.combine(proposal.valid_from, now.timetz())
    holds = who_sends(seller, proposal.kind, that_day)
    if holds.party == proposal.party:
        raise Refused("same", "That is so already on that day: there is nothing to agree.", "party")


def _lock(seller: Seller) -> Seller:
    return Seller.objects.select_for_update(of=("self",)).select_related("marketplace").get(pk=seller.pk)


def _tell(seller: Seller, agreement: Agreement, name: str, by: User, *, now: datetime) -> None:
    emit(
        seller,
        name=name,
        data={"agreement": agreement.public_id, "seller": seller.public_id, "kind": agreement.kind},
        stream_id=seller.public_id,
        marketplace=seller.marketplace.public_id,
        actor=by.public_id,
        now=now,
    )
    seller.save(update_fields=["event_count"])
