"""A shop's policies: what stands, and publishing another text (S82)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from comity.accounts.models import Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.catalog.models import SellerPolicy
from comity.catalog.selectors.policies import current_policy, policies_in_force, versions_of
from comity.catalog.services.policies import Overtaken, Wording, publish_policy
from comity.catalog.services.wording import WordsRefused
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.web import compose
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame

_ABOUT = {
    SellerPolicy.Kind.SHIPPING: "How and when you ship, where to, and what it costs.",
    SellerPolicy.Kind.RETURNS: "What you take back, for how long, in which state, and who pays the way back.",
    SellerPolicy.Kind.REFUNDS: "How much you give back, when, and what you keep.",
}


@require_GET
@signed_in
def policies(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """The three policies as buyers read them."""
    staff = seller_seat(request.user, marketplace, seller)
    known = {policy.kind: policy for policy in policies_in_force(staff.seller, at=clock.now())}
    rows = [
        {"kind": kind.value, "label": kind.label, "about": about, "policy": known.get(kind)}
        for kind, about in _ABOUT.items()
    ]
    context = {
        **seller_frame(staff, "policies"),
        "seller": staff.seller,
        "rows": rows,
        "edits": may(staff, "manage"),
        "done": request.GET.get("done") == "published",
    }
    return render(request, "seller/policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def policy(request: HttpRequest, marketplace: str, seller: str, kind: str) -> HttpResponse:
    """Write another text for one policy; earlier versions stay listed below."""
    staff = seller_seat(request.user, marketplace, seller)
    if not may(staff, "manage"):
        raise NotFound(kind)
    current = current_policy(staff.seller, kind)
    if request.method == "POST":
        return _publish(request, staff, kind, current)
    return _show(request, staff, kind, current, compose.blank(current.text if current else ""), HTTPStatus.OK)


def _publish(request: HttpRequest, staff: Staff, kind: str, current: SellerPolicy | None) -> HttpResponse:
    typed = compose.read(request)
    seen = request.POST.get("number", "")
    number = int(seen) if seen.isdecimal() and len(seen) < 10 else 0  # noqa: PLR2004 - a column's digits
    try:
        publish_policy(staff=staff, kind=kind, wording=Wording(typed.text, number, typed.confirmed), now=clock.now())
    except WordsRefused as refused:
        form = compose.judged(typed, refused.verdict, confirm=refused.confirm, sentence=refused.sentence)
        return _show(request, staff, kind, current, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except Overtaken as overtaken:
        form = compose.Form(typed, errors={"form": overtaken.sentence})
        return _show(request, staff, kind, overtaken.current, form, HTTPStatus.CONFLICT)
    except Refused as refused:
        form = compose.Form(typed, errors={refused.field or "form": refused.sentence})
        return _show(request, staff, kind, current, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    response = redirect("seller-policies", staff.seller.marketplace.slug, staff.seller.public_id)
    response["Location"] += "?done=published"
    return response


def _show(
    request: HttpRequest, staff: Staff, kind: str, current: SellerPolicy | None, form: compose.Form, status: HTTPStatus
) -> HttpResponse:
    chosen = SellerPolicy.Kind(kind)
    context: dict[str, Any] = {
        **seller_frame(staff, "policies"),
        "seller": staff.seller,
        "label": chosen.label,
        "about": _ABOUT[chosen],
        "versions": versions_of(staff.seller, kind),
        "overtaken": current if status == HTTPStatus.CONFLICT else None,
        "composer": _composer(request, staff, chosen, current, form),
    }
    return render(request, "seller/policy.html", context, status=status)


def _composer(
    request: HttpRequest, staff: Staff, kind: SellerPolicy.Kind, current: SellerPolicy | None, form: compose.Form
) -> dict[str, Any]:
    part = form.part(
        action=request.path,
        label=f"{kind.label} policy",
        limit=profile_in_force(staff.seller.marketplace, clock.now()).policy_characters,
        rows=10,
        send_label="Publish",
        next="It holds for orders placed from then on. Earlier orders keep the text of their day.",
    )
    return part | {"hidden": [*part["hidden"], ("number", str(current.number if current else 0))]}
