"""A shop's notices, recalls and agreements: the pages of every office, opened for a seller."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comity.web.account.gate import signed_in
from comity.web.desk import agreement_pages, notice_pages
from comity.web.desk.notice_forms import NoticeForm, RecallForm
from comity.web.desk.offices import seller_office

_AGREEMENTS = ("seller-agreements", "seller-agreement")
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
@signed_in
def notices(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    return notice_pages.overview(request, seller_office(request.user, marketplace, seller))


@form_page
@signed_in
def new_notice(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    return notice_pages.compose(request, seller_office(request.user, marketplace, seller), NoticeForm)


@form_page
@signed_in
def new_recall(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    return notice_pages.compose(request, seller_office(request.user, marketplace, seller), RecallForm)


@form_page
@signed_in
def notice(request: HttpRequest, marketplace: str, seller: str, notice: str) -> HttpResponse:
    return notice_pages.show(request, seller_office(request.user, marketplace, seller), notice)


@form_page
@signed_in
def edit(request: HttpRequest, marketplace: str, seller: str, notice: str) -> HttpResponse:
    return notice_pages.edit(request, seller_office(request.user, marketplace, seller), notice)


@form_page
@signed_in
def agreements(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Who sends what, and a form to propose otherwise."""
    return agreement_pages.show(request, _table(request, marketplace, seller))


@require_POST
@signed_in
def agreement(request: HttpRequest, marketplace: str, seller: str, agreement: str) -> HttpResponse:
    """Answer a proposal."""
    return agreement_pages.answer(request, _table(request, marketplace, seller), agreement)


def _table(request: HttpRequest, marketplace: str, seller: str) -> agreement_pages.Table:
    office = seller_office(request.user, marketplace, seller)
    assert office.seller is not None
    return agreement_pages.Table(office.seller, office.staff, office.frame("agreements"), _AGREEMENTS)
