"""A notice from its first words to its release: written and screened once, approved where needed, then sent.

    draft -> sending                     what a seller's own confirmation is enough for
    draft -> awaiting -> approved | returned    a recall, and what the rules hold
    sending -> stopped                   no recall: its shop was restricted meanwhile
See ``NOTICE_TRANSITIONS``; ``services.notice_sending`` takes it from there.
"""

from datetime import datetime

from comity.accounts.models import OperatorStaff, Restriction, Seller, Staff, User
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.restrictions import is_restricted
from comity.accounts.selectors.roles import may, require_writer
from comity.accounts.selectors.seats import works_at
from comity.common import locales
from comity.common.errors import NotFound, Refused
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import NOTICE_TRANSITIONS, Notice, Side
from comity.messaging.selectors.agreements import message_kinds, who_sends
from comity.messaging.selectors.notices import get_notice, sent_lately
from comity.messaging.services.agreements import side_of
from comity.messaging.services.messages import refusal_for
from comity.messaging.services.text import clean
from comity.screening.services import rulebook_in_force
from comity_policy.model import Finding, Outcome, Verdict

Kind = Notice.Kind
State = Notice.State


def submit(*, staff: Staff | OperatorStaff, notice_id: str, confirmed: str = "", now: datetime) -> Notice:
    """Confirm a notice: it is sent, or, a recall and what the rules hold, waits for approval.

    ``confirmed`` is the ``input_digest`` of a text that the rules warn about. Raises ``NotFound`` and ``Refused``:
    ``role``, ``state``, ``agreement``, ``restricted``, ``limit``, ``rules_changed``, ``unconfirmed``.
    """
    require_writer(staff, action="announce")
    with write():
        if isinstance(staff, Staff):
            Seller.objects.select_for_update().get(pk=staff.seller_id)  # two forms at once count one after the other
        notice = lock_notice(staff, notice_id)
        require_own(staff, notice)
        waits = notice.is_recall or notice.outcome == Outcome.HOLD
        target = State.AWAITING if waits else State.SENDING
        require_move(notice, target)
        if isinstance(staff, Staff):
            _require_leave(staff.seller, notice, now=now)
        _require_confirmed(notice, confirmed, now=now)
        notice.submitted_by, notice.submitted_at = staff.user, now
        move(notice, target, "notice.submitted" if waits else "notice.confirmed", by=staff.user, now=now)
    return notice


def approve(*, staff: OperatorStaff, notice_id: str, seen: str, now: datetime) -> Notice:
    """Approve what waits: it is sent. ``seen`` is ``stamp`` of the version that was read.

    Raises ``NotFound`` and ``Refused``: ``role``, ``own`` (who wrote or submitted it, or works there), ``state``,
    ``changed``, ``restricted`` (its seller may not send it any more).
    """
    return _decide(staff, notice_id, State.APPROVED, seen, "", now=now)


def give_back(*, staff: OperatorStaff, notice_id: str, seen: str, reason: str, now: datetime) -> Notice:
    """Return what waits to its author, who is told ``reason``. Raises like ``approve``, and for a missing reason."""
    if not reason.strip():
        raise Refused("reason", "Say why: its author is told this reason.", "reason")
    limit = profile_in_force(staff.marketplace, now).message_characters
    return _decide(staff, notice_id, State.RETURNED, seen, clean(reason, limit=limit), now=now)


def discard(*, staff: Staff | OperatorStaff, notice_id: str, now: datetime) -> Notice:
    """Give up a draft of one's own side. Raises ``NotFound`` and ``Refused``: ``role``, ``state``."""
    return _finish(staff, notice_id, State.DISCARDED, "notice.discarded", now=now)


def close(*, staff: Staff | OperatorStaff, notice_id: str, now: datetime) -> Notice:
    """End a recall of one's own side: no banner, no reminder. Raises ``NotFound`` and ``Refused``."""
    return _finish(staff, notice_id, State.CLOSED, "notice.closed", now=now)


def stamp(notice: Notice) -> str:
    """Which version a form was made for: what has been submitted again since is another one."""
    return notice.submitted_at.isoformat() if notice.submitted_at else ""


def lock_notice(staff: Staff | OperatorStaff, notice_id: str) -> Notice:
    """The notice with its row locked, for those who may see it. Raises ``NotFound``."""
    found = get_notice(staff, notice_id)
    Notice.objects.select_for_update().get(pk=found.pk)
    return get_notice(staff, notice_id)


def require_move(notice: Notice, state: str) -> None:
    """Raise ``Refused`` unless the notice may go to ``state`` from where it is."""
    if state not in NOTICE_TRANSITIONS[notice.kind][notice.state]:
        now_is = State(notice.state).label.lower()
        raise Refused("state", f"Somebody was quicker: this is now “{now_is}”. Look at the page again.")


def move(notice: Notice, state: str, name: str, *, by: User | None = None, now: datetime) -> None:
    """Take the locked notice to ``state``, save it and tell the event ``name``."""
    require_move(notice, state)
    notice.state = state
    tell(notice, name, by=by, now=now)


def tell(notice: Notice, name: str, *, by: User | None = None, now: datetime) -> None:
    """Emit ``name`` on the notice's stream, in the transaction that holds its lock, and save the notice."""
    emit(
        notice,
        name=name,
        data={"notice": notice.public_id, "kind": notice.kind},
        stream_id=notice.public_id,
        marketplace=notice.marketplace.public_id,
        actor=by.public_id if by else "",
        now=now,
    )
    notice.save()


def verdict_of(notice: Notice) -> Verdict | None:
    """The verdict stored with the notice; None for the marketplace's words and for what a person has released."""
    if not notice.outcome or notice.outcome == Outcome.HOLD:
        return None
    findings = tuple(Finding(**found) for found in notice.findings)
    return Verdict(
        Outcome(notice.outcome), findings, notice.rulebook_digest, notice.engine_version, notice.input_digest
    )


def require_sender(seller: Seller, kind: str, *, now: datetime) -> None:
    """S11: the seller sends it only where that is so by the profile or was agreed."""
    if kind not in Kind.values:
        raise Refused("kind", "Choose one of the kinds listed.", "kind")
    sender = who_sends(seller, kind, now)
    if sender.party != Side.SELLER:
        name, since = seller.marketplace.name, sender.agreement
        agreed = f", as agreed from {locales.day(since.valid_from)}" if since else ""
        raise Refused("agreement", f"{name} sends this kind of message for you{agreed}. See “Who sends what”.", "kind")


def _require_leave(seller: Seller, notice: Notice, *, now: datetime) -> None:
    """What may have changed since it was written: agreement, restriction, how many were sent."""
    require_sender(seller, notice.kind, now=now)
    kind = message_kinds(seller.marketplace, now)[notice.kind]
    if kind.critical:
        return  # a warning of danger is neither restricted nor counted
    if restriction := is_restricted(seller=seller, kind=Restriction.Kind.PROACTIVE_MESSAGING, now=now):
        raise refusal_for(restriction)
    profile = profile_in_force(seller.marketplace, now)
    if sent_lately(seller, notice.product, now=now) >= profile.notice_limit:
        sentence = (
            f"The owners of this product got {profile.notice_limit} notices of yours within "
            f"{profile.notice_limit_days} days, which is the limit. Send this one later."
        )
        raise Refused("limit", sentence)


def _require_confirmed(notice: Notice, confirmed: str, *, now: datetime) -> None:
    if notice.rulebook_digest and notice.rulebook_digest != rulebook_in_force(notice.marketplace, now).digest:
        raise Refused(
            "rules_changed", "The rules have changed since this was written. Open it, read it, save it again."
        )
    if notice.outcome == Outcome.WARN and confirmed != notice.input_digest:
        raise Refused("unconfirmed", "Read the note beside the text, and say that you want to send it.", "confirmed")


def _decide(staff: OperatorStaff, notice_id: str, state: str, seen: str, reason: str, *, now: datetime) -> Notice:
    if not may(staff, "rule"):
        raise Refused("role", "Your role does not approve notices.")
    with write():
        notice = lock_notice(staff, notice_id)
        require_move(notice, state)
        _require_stranger(notice, staff.user)
        if seen != stamp(notice):
            raise Refused("changed", "It was changed and submitted again after you opened it. Read it again.")
        if state == State.APPROVED and may_not_send(notice, now=now):
            raise Refused("restricted", "The shop has been restricted since and may not send this. Return it.")
        notice.decided_by, notice.decided_at, notice.reason = staff.user, now, reason
        move(notice, state, f"notice.{state}", by=staff.user, now=now)
    return notice


def may_not_send(notice: Notice, *, now: datetime) -> bool:
    """What a seller confirmed before a restriction does not go out during it; a recall and what is critical does."""
    if notice.is_recall:
        return False  # whatever the profile calls critical
    if notice.side != Side.SELLER or message_kinds(notice.marketplace, now)[notice.kind].critical:
        return False
    return is_restricted(seller=notice.seller, kind=Restriction.Kind.PROACTIVE_MESSAGING, now=now) is not None


def _require_stranger(notice: Notice, user: User) -> None:
    """Four eyes: neither who wrote it, nor who submitted it, nor anybody of the shop."""
    if user.pk in (notice.author_id, notice.submitted_by_id) or works_at(notice.seller_id, user):
        raise Refused("own", "You had a part in this: somebody else must approve it.")


def _finish(staff: Staff | OperatorStaff, notice_id: str, state: str, name: str, *, now: datetime) -> Notice:
    require_writer(staff, action="announce")
    with write():
        notice = lock_notice(staff, notice_id)
        require_own(staff, notice)
        require_move(notice, state)
        notice.closed_at = now
        move(notice, state, name, by=staff.user, now=now)
    return notice


def require_own(staff: Staff | OperatorStaff, notice: Notice) -> None:
    if notice.side != side_of(staff):
        raise NotFound(notice.public_id)
