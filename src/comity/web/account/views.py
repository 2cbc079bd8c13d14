"""Signing in and out, the hand-over from a shop, home and the demo's mailbox."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts.models import OperatorStaff, User
from comity.accounts.selectors.marketplaces import all_marketplaces, get_marketplace
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import buyer_seats_on, seats_of
from comity.accounts.services import hand_over as hand_overs
from comity.accounts.services import sign_in as sign_ins
from comity.common import clock
from comity.common.errors import Refused
from comity.notify.models import MailboxItem
from comity.web.account.forms import SignInForm
from comity.web.account.gate import same_site
from comity.web.account.sending import send_later
from comity.web.account.session import enter, handed_over_by, network
from comity.web.desk.desks import OPERATOR_PAGES

_MAILS_SHOWN = 100


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The seats of whoever is signed in; the marketplaces for everybody."""
    context = {"marketplaces": all_marketplaces(), "who": "", "mailbox": settings.DEMO}
    if isinstance(request.user, User):
        slug = handed_over_by(request)
        seats = buyer_seats_on(request.user, slug) if slug else seats_of(request.user)
        context |= {"seats": seats, "who": request.user.name, "places": [_place(seat) for seat in seats.operator]}
    return render(request, "account/home.html", context)


def _place(seat: OperatorStaff) -> dict[str, Any]:
    """The pages of an operator's seat that its role opens."""
    slug = seat.marketplace.slug
    links = [(label, reverse(route, args=[slug])) for _, label, action, route in OPERATOR_PAGES if may(seat, action)]
    return {"seat": seat, "links": links}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """By password, or by a link that is mailed; then on to ``next``."""
    next_path = same_site(request.POST.get("next", "") or request.GET.get("next", ""))
    form = SignInForm(request.POST or None)
    if request.method != "POST":
        return _sign_in_page(request, form, next_path, 200)
    if not form.is_valid():
        return _sign_in_page(request, form, next_path, 422)
    if "link" in request.POST:
        return _mail_link(request, form, next_path)
    return _try_password(request, form, next_path)


def _try_password(request: HttpRequest, form: SignInForm, next_path: str) -> HttpResponse:
    given = form.cleaned_data
    try:
        user = sign_ins.check_password(
            email=given["email"], password=given["password"], network=network(request), now=clock.now()
        )
    except sign_ins.TooManyTries as refused:
        form.add_error(None, refused.sentence)
        response = _sign_in_page(request, form, next_path, 429)
        response["Retry-After"] = str(int((refused.reopens_at - clock.now()).total_seconds()) + 1)
        return response
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _sign_in_page(request, form, next_path, 422)
    enter(request, user)
    return HttpResponseRedirect(next_path or "/")


def _mail_link(request: HttpRequest, form: SignInForm, next_path: str) -> HttpResponse:
    email = form.cleaned_data["email"]
    mail = sign_ins.request_link(
        email=email, next_path=next_path, base_url=settings.BASE_URL, network=network(request), now=clock.now()
    )
    if mail:
        send_later(mail)
    context = {"email": email, "minutes": settings.SIGN_IN_LINK_MINUTES, "mailbox": settings.DEMO}
    return render(request, "account/link_sent.html", context)


def _sign_in_page(request: HttpRequest, form: SignInForm, next_path: str, status: int) -> HttpResponse:
    return render(request, "account/sign_in.html", {"form": form, "next": next_path}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button: what reads mails before people do opens links, but presses nothing."""
    now = clock.now()
    try:
        if request.method != "POST":
            return render(request, "account/link.html", {"person": sign_ins.check_link(token=token, now=now)})
        user, next_path = sign_ins.redeem_link(token=token, now=now)
    except sign_ins.LinkRefused as refused:
        return render(request, "account/link_refused.html", {"sentence": refused.sentence}, status=410)
    enter(request, user)
    return HttpResponseRedirect(same_site(next_path) or "/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and forget the drafts that this device keeps."""
    logout(request)
    return HttpResponseRedirect("/", headers={"Clear-Site-Data": '"storage"'})


@require_safe
def hand_over(request: HttpRequest, marketplace: str) -> HttpResponse:
    """A shop's redirect, with its word for a buyer. Every refusal is the same page."""
    place = get_marketplace(marketplace)
    try:
        came = hand_overs.accept(marketplace=place, token=request.GET.get("token", ""), now=clock.now())
    except Refused as refused:
        context = {"marketplace": place, "sentence": refused.sentence}
        return render(request, "account/hand_over_refused.html", context, status=403)
    enter(request, came.user, handed_over_by=place.slug)
    return HttpResponseRedirect(same_site(came.next_path) or reverse("buyer-home", args=[place.slug]))


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The mails that the demo would have sent, for everybody to see; there is no such page anywhere else."""
    if not settings.DEMO:
        raise Http404
    mails = MailboxItem.objects.order_by("-sent_at", "-id")[:_MAILS_SHOWN]
    return render(request, "account/mailbox.html", {"mails": mails})
