"""Accepting an invitation: a page with a button, because programmes open links and press nothing."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comity.accounts.models import Invitation, User
from comity.accounts.services import invitations
from comity.common import clock
from comity.common.errors import Refused
from comity.web.account.gate import sign_in_address
from comity.web.account.session import enter


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what; a press gives the seat to whoever is signed in with the address, or to somebody new."""
    now, typed = clock.now(), request.POST.get("name", "")
    try:
        found, holder = invitations.check_invitation(token=token, now=now)
        if request.method == "POST":
            _accept(request, token, typed)
            return HttpResponseRedirect(_landing(found))
    except invitations.InvitationRefused as refused:
        gone = {"sentence": refused.sentence}
        return render(request, "account/invitation_refused.html", gone, status=HTTPStatus.GONE)
    except invitations.SignInFirst:
        return HttpResponseRedirect(sign_in_address(request.path))
    except Refused as refused:
        page = {**_page(request, found, holder), "name": typed.replace("\0", ""), "error": refused.sentence}
        return render(request, "account/invitation.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return render(request, "account/invitation.html", _page(request, found, holder))


def _accept(request: HttpRequest, token: str, name: str) -> None:
    """Only somebody new is signed in by the link; who accepts for an address that is known is signed in already."""
    by = _person(request)
    user = invitations.accept_invitation(token=token, name=name, by=by, now=clock.now())
    if not (by and invitations.is_own(user, by)):
        enter(request, user)


def _page(request: HttpRequest, found: Invitation, holder: User | None) -> dict[str, Any]:
    """``sign_in``: where the user of the invited address signs in first; empty where that is done or there is none."""
    theirs = holder is None or invitations.is_own(holder, _person(request))
    return {
        "invitation": found,
        "holder": holder if theirs else None,
        "sign_in": "" if theirs else sign_in_address(request.path),
        "role": invitations.ROLE_WORDS[found.role],
    }


def _person(request: HttpRequest) -> User | None:
    """Who signed in here; a shop's word for somebody opens the shop's own pages only (see ``session.HandedOver``)."""
    return request.user if isinstance(request.user, User) else None


def _landing(found: Invitation) -> str:
    if found.seller:
        return reverse("seller-home", args=[found.marketplace.slug, found.seller.public_id])
    return reverse("operator-home", args=[found.marketplace.slug])
