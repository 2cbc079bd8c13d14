"""Accepting an invitation: a page with a button, because programmes open links and press nothing."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comity.accounts.models import Invitation
from comity.accounts.services import invitations
from comity.common import clock
from comity.common.errors import Refused
from comity.web.account.session import enter


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what; a press gives the seat and signs in."""
    now, typed = clock.now(), request.POST.get("name", "")
    try:
        found, holder = invitations.check_invitation(token=token, now=now)
        if request.method == "POST":
            user = invitations.accept_invitation(token=token, name=typed, now=now)
            enter(request, user)
            return HttpResponseRedirect(_landing(found))
    except invitations.InvitationRefused as refused:
        gone = {"sentence": refused.sentence}
        return render(request, "account/invitation_refused.html", gone, status=HTTPStatus.GONE)
    except Refused as refused:
        page = {"invitation": found, "holder": holder, "name": typed.replace("\0", ""), "error": refused.sentence}
        return render(request, "account/invitation.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    shown = {"invitation": found, "holder": holder, "role": invitations.ROLE_WORDS[found.role]}
    return render(request, "account/invitation.html", shown)


def _landing(found: Invitation) -> str:
    if found.seller:
        return reverse("seller-home", args=[found.marketplace.slug, found.seller.public_id])
    return reverse("operator-home", args=[found.marketplace.slug])
