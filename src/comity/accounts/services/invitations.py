"""Asking somebody to take a seat, by e-mail: a signed link that works once and expires.

    open -> accepted | revoked | expired

The link gives a seat, never an account: where the address has a user already, that user accepts in a session of
their own; where it has none, one is created and comes in by the link. Whoever invites is told the same either way.
An invitation is void once the person who sent it may no longer give that seat.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.urls import reverse

from comity.accounts.models import Invitation, Marketplace, OperatorStaff, Seller, Staff, User
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may
from comity.accounts.services import throttle
from comity.accounts.services.staff import seat_operator, seat_staff
from comity.accounts.services.trail import note, note_sign_in
from comity.accounts.services.users import check_address, create_user
from comity.common import locales
from comity.common.crypto import lookup_digest
from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.transactions import write

_signer = signing.Signer(salt="comity.invitation")
_SUBJECT = "Invitation to work for {place}"
_TEXT = """Hello,

{inviter} invites you to work for {place} on Comity, as {role}. Open this link and press the button:

{address}

It works once, until {until}. If you do not know {place}, do nothing: nobody gets a seat.
"""
_REFUSALS = {
    "invalid": "This invitation is not complete, or a newer mail replaced it. Open the link of the latest mail.",
    "used": "This invitation was accepted already. Sign in instead.",
    "revoked": "This invitation was taken back. Ask who invited you.",
    "expired": "This invitation is too old. Ask who invited you to send it again.",
}
ROLE_WORDS = {
    "owner": "owner",
    "agent": "agent",
    "read_only": "reader",
    "moderator": "moderator",
    "service_agent": "service agent",
    "adjudicator": "adjudicator",
    "investigator": "investigator",
    "admin": "admin",
}


class InvitationRefused(Refused):
    """An invitation that cannot be accepted: ``code`` is invalid, used, revoked or expired."""


class SignInFirst(Refused):
    """The address has a user already: only they accept, signed in."""

    def __init__(self) -> None:
        super().__init__("sign_in_first", "Sign in with the address that was invited, then accept.")


def invite(
    *, party: Seller | Marketplace, email: str, role: str, by: User, base_url: str, now: datetime
) -> EmailMessage:
    """Ask the owner of ``email`` to take a seat with ``party``; the mail, for the edge to send after its answer.

    An open invitation to that address is sent again, with the new role. Raises ``Refused``.
    """
    address = check_address(email)
    _check_role(party, role)
    _take_turn(party, address, now)
    lookup = lookup_digest(address)
    with write():
        if _seats(party).filter(user__email_lookup=lookup).exists():
            raise Refused("seated", "This person works here already: change their role in the list.", "email")
        invitation = _open(party).select_for_update().filter(email_lookup=lookup).first()
        if invitation is None:
            invitation = Invitation(
                public_id=new_id("inv", now), email=address, email_lookup=lookup, sent_count=0, **_place(party)
            )
        invitation.role, invitation.invited_by = role, by
        _send(invitation, now)
        note(party, "invitation.sent", by=by, now=now, invitation=invitation.public_id, role=role)
    return _mail(invitation, base_url)


def send_again(*, invitation: Invitation, by: User, base_url: str, now: datetime) -> EmailMessage:
    """Another mail with another link; the older ones are void. Raises ``Refused`` for one that is not open."""
    party = _party(invitation)
    _take_turn(party, invitation.email, now)
    with write():
        row = _locked(invitation)
        if row.accepted_at or row.revoked_at:
            raise Refused("closed", "This invitation is no longer open. Invite the person again.")
        row.invited_by = by
        _send(row, now)
        note(party, "invitation.sent_again", by=by, now=now, invitation=row.public_id)
    return _mail(row, base_url)


def revoke(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Take an invitation back; one that was accepted or taken back stays as it is."""
    with write():
        row = _locked(invitation)
        if row.accepted_at is None and row.revoked_at is None:
            row.revoked_at = now
            row.save(update_fields=["revoked_at"])
            note(_party(row), "invitation.revoked", by=by, now=now, invitation=row.public_id)


def open_invitations(party: Seller | Marketplace) -> QuerySet[Invitation]:
    """Neither accepted nor taken back, expired ones included: they can be sent again. Latest first."""
    return _open(party).select_related("invited_by").order_by("-sent_at", "-pk")


def get_invitation(party: Seller | Marketplace, public_id: str) -> Invitation:
    """An invitation to ``party``. Raises ``NotFound``."""
    known = Invitation.objects.select_related("seller__marketplace", "marketplace").filter(**_place(party))
    found = known.filter(public_id=public_id).first() if public_id.isprintable() else None
    if found is None:
        raise NotFound(public_id)
    return found


def check_invitation(*, token: str, now: datetime) -> tuple[Invitation, User | None]:
    """The open invitation of ``token``, and who has its address already. Raises ``InvitationRefused``."""
    invitation = _of_token(token, now, Invitation.objects)
    return invitation, _holder(invitation)


def accept_invitation(*, token: str, name: str, by: User | None = None, now: datetime) -> User:
    """Take the seat; who has no user yet gets one called ``name``, the only one that the link itself may sign in.

    ``by`` is who is signed in. Raises ``InvitationRefused``, ``SignInFirst`` and ``Refused``.
    """
    with write():
        invitation = _of_token(token, now, Invitation.objects.select_for_update(of=("self",)))
        holder = _holder(invitation)
        if holder and not is_own(holder, by):
            raise SignInFirst
        user = holder or create_user(
            email=invitation.email, name=name, language=invitation.marketplace.language, now=now
        )
        invitation.accepted_at, invitation.accepted_by = now, user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        party = _party(invitation)
        if not _seats(party).filter(user=user).exists():
            _seat(party, user, invitation, now)
        note(party, "invitation.accepted", by=user, now=now, invitation=invitation.public_id)
        if holder is None:
            note_sign_in(user=user, now=now)
    return user


def is_own(holder: User, by: User | None) -> bool:
    """Whether ``by``, who is signed in, is the ``holder`` of the invited address."""
    return by is not None and by.pk == holder.pk


def _of_token(token: str, now: datetime, rows: Any) -> Invitation:
    try:
        content = _signer.unsign_object(token)
        known = rows.select_related("marketplace", "seller__marketplace", "invited_by")
        invitation: Invitation | None = known.filter(public_id=content["i"], sent_count=content["n"]).first()
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        invitation = None
    if invitation is None:
        raise _refusal("invalid")
    if invitation.accepted_at:
        raise _refusal("used")
    if invitation.revoked_at or not _may_invite(invitation):
        raise _refusal("revoked")
    if invitation.expires_at <= now:
        raise _refusal("expired")
    return invitation


def _may_invite(invitation: Invitation) -> bool:
    """Whether who invited may still give that seat: an admin of the marketplace, or an owner of the shop."""
    inviter = invitation.invited_by
    seats: list[Staff | OperatorStaff] = [
        *OperatorStaff.objects.filter(marketplace=invitation.marketplace_id, user=inviter)
    ]
    if invitation.seller_id:
        seats += Staff.objects.filter(seller=invitation.seller_id, user=inviter)
    return any(may(seat, "manage") for seat in seats)


def _holder(invitation: Invitation) -> User | None:
    """The user with the invited address. Raises ``InvitationRefused`` when that user may not sign in."""
    user = User.objects.filter(email_lookup=invitation.email_lookup).first()
    if user and not user.is_active:
        raise _refusal("invalid")
    return user


def _seat(party: Seller | Marketplace, user: User, invitation: Invitation, now: datetime) -> None:
    by = invitation.invited_by
    if isinstance(party, Seller):
        seat_staff(seller=party, user=user, role=invitation.role, by=by, now=now)
    else:
        seat_operator(marketplace=party, user=user, role=invitation.role, by=by, now=now)


def _take_turn(party: Seller | Marketplace, address: str, now: datetime) -> None:
    for kind, value in (("invitation", party.public_id), ("invited", address)):
        if reopens := throttle.take(kind=kind, value=value, now=now):
            sentence = f"Too many invitations were sent. The next can be sent at {locales.clock(reopens)}."
            raise Refused("too_many", sentence, "email")


def _check_role(party: Seller | Marketplace, role: str) -> None:
    roles = Staff.Role.values if isinstance(party, Seller) else OperatorStaff.Role.values
    if role not in roles:
        words = ", ".join(ROLE_WORDS[one] for one in roles)
        raise Refused("role_unknown", f"Choose one of these roles: {words}.", "role")


def _send(invitation: Invitation, now: datetime) -> None:
    days = profile_in_force(invitation.marketplace, now).invitation_days
    invitation.sent_at, invitation.expires_at = now, now + timedelta(days=days)
    invitation.sent_count += 1
    invitation.save()


def _mail(invitation: Invitation, base_url: str) -> EmailMessage:
    token = _signer.sign_object({"i": invitation.public_id, "n": invitation.sent_count})
    place = " ".join(_party(invitation).name.split())  # a header holds one line
    text = _TEXT.format(
        inviter=invitation.invited_by.name,
        place=place,
        role=ROLE_WORDS[invitation.role],
        address=f"{base_url}{reverse('invitation', args=[token])}",
        until=f"{locales.moment_in(invitation.marketplace.language, invitation.expires_at)} UTC",
    )
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject=_SUBJECT.format(place=place), body=text, to=[invitation.email], headers=headers)


def _open(party: Seller | Marketplace) -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, **_place(party))


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("marketplace", "seller", "invited_by")
    return rows.get(pk=invitation.pk)


def _party(invitation: Invitation) -> Seller | Marketplace:
    return invitation.seller or invitation.marketplace


def _place(party: Seller | Marketplace) -> dict[str, Any]:
    if isinstance(party, Seller):
        return {"marketplace": party.marketplace, "seller": party}
    return {"marketplace": party, "seller": None}


def _seats(party: Seller | Marketplace) -> QuerySet[Any]:
    if isinstance(party, Seller):
        return Staff.objects.filter(seller=party)
    return OperatorStaff.objects.filter(marketplace=party)


def _refusal(code: str) -> InvitationRefused:
    return InvitationRefused(code, _REFUSALS[code])
