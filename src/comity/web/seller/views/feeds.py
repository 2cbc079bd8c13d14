"""A shop's feeds: files of shipments, adjustments and acknowledgements, and what became of each record (S58)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import Staff
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.orders.models import Feed
from comity.orders.selectors.feeds import feeds_of, get_feed_of_seller, results_of
from comity.orders.services.feeds.reporting import REPORTS
from comity.orders.services.feeds.submitting import submit_by_staff
from comity.web.account.gate import signed_in
from comity.web.desk.desks import seller_frame
from comity.web.seller.forms import FeedForm


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def feeds(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """What was sent, latest first, and the form to send another file."""
    staff = seller_seat(request.user, marketplace, seller)
    if request.method == "POST":
        return _take_in(request, staff)
    return _show(request, staff, FeedForm(), HTTPStatus.OK)


def _take_in(request: HttpRequest, staff: Staff) -> HttpResponse:
    form = FeedForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, staff, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    file, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
    try:
        done = submit_by_staff(staff, file, kind=kind, name=file.name, size=file.size, now=clock.now())
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return _show(request, staff, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(f"{_address(staff, done.feed)}{'?done=again' if done.repeated else ''}")


def _show(request: HttpRequest, staff: Staff, form: FeedForm, status: HTTPStatus) -> HttpResponse:
    page = feeds_of(staff.seller, request.GET.get("page"))
    context = {**seller_frame(staff, "orders"), "seller": staff.seller, "page": page, "form": form}
    return render(request, "seller/feeds.html", {**context, "sends": may(staff, "reply")}, status=status)


@require_safe
@signed_in
def feed(request: HttpRequest, marketplace: str, seller: str, feed: str) -> HttpResponse:
    """One feed: how far it is, and every record that was not applied, with the reason."""
    staff = seller_seat(request.user, marketplace, seller)
    found = get_feed_of_seller(staff.seller, feed)
    context: dict[str, Any] = {
        **seller_frame(staff, "orders"),
        "seller": staff.seller,
        "feed": found,
        "page": results_of(found, request.GET.get("page")),
        "under_way": found.state in (Feed.State.RECEIVED, Feed.State.PROCESSING),
        "again": request.GET.get("done") == "again",
        "results": [(name.upper() if name != "text" else "Text", name) for name in REPORTS],
    }
    return render(request, "seller/feed.html", context)


@require_safe
@signed_in
def result(request: HttpRequest, marketplace: str, seller: str, feed: str, form: str) -> HttpResponse:
    """The result as a file, streamed."""
    staff = seller_seat(request.user, marketplace, seller)
    found = get_feed_of_seller(staff.seller, feed)
    if form not in REPORTS:
        raise NotFound(form)
    report = REPORTS[form]
    response = StreamingHttpResponse(report.lines(found), content_type=report.content_type)
    response["Content-Disposition"] = f'attachment; filename="{found.public_id}.{report.suffix}"'
    return response  # type: ignore[return-value]  # streamed or not, a page's answer


def _address(staff: Staff, feed: Feed) -> str:
    place = {"marketplace": staff.seller.marketplace.slug, "seller": staff.seller.public_id}
    return reverse("seller-feed", kwargs={**place, "feed": feed.public_id})
