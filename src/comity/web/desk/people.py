"""Who works for a shop or for the operator: the same page for both, under other addresses."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from comity.accounts.models import Marketplace, OperatorStaff, Seller, Staff, User
from comity.accounts.services import invitations
from comity.accounts.services.staff import seat_operator, seat_staff, unseat_operator, unseat_staff
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.web.account.sending import send_later

ROLES: dict[str, tuple[tuple[str, str], ...]] = {
    "seller": (
        ("owner", "Owner: writes, and manages people, policies and listings"),
        ("agent", "Agent: reads and writes"),
        ("read_only", "Reader: reads, writes nothing"),
    ),
    "operator": (
        ("moderator", "Moderator: rules on held messages"),
        ("service_agent", "Service agent: answers what buyers ask the marketplace"),
        ("adjudicator", "Adjudicator: reads and checks records"),
        ("investigator", "Investigator: reads records and the audit trail"),
        ("admin", "Admin: everything, settings and people included"),
    ),
}
_DONE = {
    "invited": "The invitation is on its way. Nobody has a seat until they accept it.",
    "again": "It is sent again. The older link no longer works.",
    "revoked": "The invitation is taken back.",
    "role": "The role is changed.",
    "removed": "The seat is taken away.",
}


@dataclass(frozen=True, slots=True)
class Team:
    """The people of ``party`` as ``by`` manages them; ``routes`` begins the names of the page's addresses."""

    party: Seller | Marketplace
    by: User
    routes: str
    place: dict[str, str]
    frame: dict[str, Any] = field(default_factory=dict)

    @property
    def roles(self) -> tuple[tuple[str, str], ...]:
        """The roles of this kind of party, each with what it may do."""
        return ROLES["seller" if isinstance(self.party, Seller) else "operator"]

    def url(self, what: str = "", **more: str) -> str:
        """The address of the page, or of one of its forms."""
        return reverse(f"{self.routes}-{what}" if what else self.routes, kwargs={**self.place, **more})

    def seats(self) -> list[Staff] | list[OperatorStaff]:
        """Who has a seat, by name. One query."""
        if isinstance(self.party, Seller):
            return list(Staff.objects.filter(seller=self.party).select_related("user").order_by("user__name", "pk"))
        seats = OperatorStaff.objects.filter(marketplace=self.party).select_related("user")
        return list(seats.order_by("user__name", "pk"))

    def change(self, user: User, role: str, now: datetime) -> None:
        """Give the person of a seat another role. Raises ``Refused``."""
        if isinstance(self.party, Seller):
            seat_staff(seller=self.party, user=user, role=role, by=self.by, now=now)
        else:
            seat_operator(marketplace=self.party, user=user, role=role, by=self.by, now=now)

    def remove(self, user: User, now: datetime) -> None:
        """Take a seat away. Raises ``Refused``."""
        if isinstance(self.party, Seller):
            unseat_staff(seller=self.party, user=user, by=self.by, now=now)
        else:
            unseat_operator(marketplace=self.party, user=user, by=self.by, now=now)


def people(request: HttpRequest, team: Team) -> HttpResponse:
    """The page; what is posted is an invitation. The answer is the same whether the address is known or not."""
    if request.method != "POST":
        return page(request, team)
    email, role = request.POST.get("email", ""), request.POST.get("role", "")
    now = clock.now()

    def send() -> EmailMessage:
        return invitations.invite(
            party=team.party, email=email, role=role, by=team.by, base_url=settings.BASE_URL, now=now
        )

    try:
        send_later(send())
    except Refused as refused:
        return page(request, team, refused, email=email, role=role)
    return _back(team, "invited")


def invitation(request: HttpRequest, team: Team, public_id: str) -> HttpResponse:
    """Send an invitation again, or take it back."""
    found = invitations.get_invitation(team.party, public_id)
    now = clock.now()
    if request.POST.get("action") == "revoke":
        invitations.revoke(invitation=found, by=team.by, now=now)
        return _back(team, "revoked")
    try:
        send_later(invitations.send_again(invitation=found, by=team.by, base_url=settings.BASE_URL, now=now))
    except Refused as refused:
        return page(request, team, refused)
    return _back(team, "again")


def colleague(request: HttpRequest, team: Team, user: str) -> HttpResponse:
    """Change the role of somebody who has a seat, or take the seat away."""
    found = next((seat.user for seat in team.seats() if seat.user.public_id == user), None)
    if found is None:
        raise NotFound(user)
    removes = request.POST.get("action") == "remove"
    now = clock.now()
    deed: Callable[[], None] = (
        (lambda: team.remove(found, now))
        if removes
        else (lambda: team.change(found, request.POST.get("role", ""), now))
    )
    try:
        deed()
    except Refused as refused:
        return page(request, team, refused, about=user)
    if found == team.by:
        return HttpResponseRedirect("/")  # whoever left, or gave the role away, may not see this page any more
    return _back(team, "removed" if removes else "role")


def page(
    request: HttpRequest,
    team: Team,
    refused: Refused | None = None,
    *,
    email: str = "",
    role: str = "",
    about: str = "",
) -> HttpResponse:
    """Seats, open invitations and the form; with what was wrong, when it comes back."""
    now = clock.now()
    waiting = list(invitations.open_invitations(team.party))
    context = {
        **team.frame,
        "now": now,
        "team": team,
        "you": team.by.public_id,
        "seats": [{"seat": one, "href": team.url("colleague", user=one.user.public_id)} for one in team.seats()],
        "waiting": [
            {
                "invitation": one,
                "role": invitations.ROLE_WORDS.get(one.role, one.role),
                "expired": one.expires_at <= now,
                "href": team.url("invitation", invitation=one.public_id),
            }
            for one in waiting
        ],
        "email": email.replace("\0", "\u2400"),
        "role": role or team.roles[1 if len(team.roles) == len(ROLES["seller"]) else 0][0],
        "refused": refused,
        "errors": {refused.field or "form": refused.sentence} if refused and not about else {},
        "about": about,
        "done": _DONE.get(request.GET.get("done", ""), ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "desk/people.html", context, status=status)


def _back(team: Team, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{team.url()}?done={done}")
