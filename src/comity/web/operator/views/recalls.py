"""The operator's recalls, what waits for its approval, and its agreements with sellers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comity.catalog.selectors.listings import get_seller
from comity.common import clock
from comity.messaging.selectors.agreements import sellers_by_agreement
from comity.web.account.gate import signed_in
from comity.web.desk import agreement_pages, notice_pages
from comity.web.desk.desks import operator_for
from comity.web.desk.notice_forms import RecallForm
from comity.web.desk.offices import operator_office
from comity.web.operator.manage import manage_frame

_AGREEMENTS = ("operator-seller-agreements", "operator-agreement")
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
@signed_in
def recalls(request: HttpRequest, marketplace: str) -> HttpResponse:
    return notice_pages.overview(request, operator_office(request.user, marketplace))


@form_page
@signed_in
def new_recall(request: HttpRequest, marketplace: str) -> HttpResponse:
    return notice_pages.compose(request, operator_office(request.user, marketplace), RecallForm)


@form_page
@signed_in
def recall(request: HttpRequest, marketplace: str, notice: str) -> HttpResponse:
    return notice_pages.show(request, operator_office(request.user, marketplace), notice)


@form_page
@signed_in
def edit(request: HttpRequest, marketplace: str, notice: str) -> HttpResponse:
    return notice_pages.edit(request, operator_office(request.user, marketplace), notice)


@require_GET
@signed_in
def agreements(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Every seller, those with a proposal to answer first."""
    staff = operator_for(request.user, marketplace, "manage")
    page = sellers_by_agreement(staff.marketplace, request.GET.get("page"))
    rows = [
        {"shop": shop, "href": reverse("operator-seller-agreements", args=[marketplace, shop.public_id])}
        for shop in page
    ]
    context = {**manage_frame(staff, "agreements"), "now": clock.now(), "page": page, "rows": rows}
    return render(request, "operator/agreements.html", context)


@form_page
@signed_in
def agreements_with(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Who sends what for one seller, and a form to propose otherwise."""
    return agreement_pages.show(request, _table(request, marketplace, seller))


@require_POST
@signed_in
def agreement(request: HttpRequest, marketplace: str, seller: str, agreement: str) -> HttpResponse:
    """Answer a seller's proposal."""
    return agreement_pages.answer(request, _table(request, marketplace, seller), agreement)


def _table(request: HttpRequest, marketplace: str, seller: str) -> agreement_pages.Table:
    staff = operator_for(request.user, marketplace, "manage")
    shop = get_seller(staff.marketplace, seller)
    return agreement_pages.Table(shop, staff, manage_frame(staff, "agreements"), _AGREEMENTS)
