"""From the page to the file: who may have it is asked at the page's address and again where it is fetched."""

from typing import IO, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.models import User
from comity.common import clock
from comity.common.errors import NotFound
from comity.files.services.blobs import open_checked
from comity.messaging.models import Attachment
from comity.messaging.selectors.attachments import get_attachment
from comity.messaging.services.access import note_opening, note_preview
from comity.web.account.gate import signed_in
from comity.web.account.session import handed_over_by
from comity.web.buyer.frame import person
from comity.web.files.grants import Grant, address_of, grant_for, read_grant

_CONTENT = "default-src 'none'; sandbox"


@require_safe
@signed_in
def file(request: HttpRequest, marketplace: str, attachment: str) -> HttpResponse:
    """The address that stands on pages: leads to one that works for minutes."""
    user = person(request)
    found = _found(request, user, marketplace, attachment)
    word = grant_for(marketplace=marketplace, attachment=found.public_id, user=user.public_id, now=clock.now())
    return HttpResponseRedirect(address_of(word))


@require_safe
@signed_in
def preview(request: HttpRequest, marketplace: str, attachment: str) -> HttpResponse:
    """The small picture, drawn by us from the points of theirs."""
    user = person(request)
    found = _found(request, user, marketplace, attachment)
    if found.blob.preview is None:
        raise NotFound(attachment)
    note_preview(attachment=found, by=user, now=clock.now())
    response = FileResponse(open_checked(found.blob.preview), content_type=found.blob.preview.content_type)
    response["Cache-Control"] = "private, max-age=3600"
    return _locked_up(response)


@require_safe
def download(request: HttpRequest, grant: str) -> HttpResponse:
    """The file itself, never shown by the browser; on an origin set apart there is nobody signed in."""
    if not settings.FILES_URL:
        return _download_here(request, grant)
    if request.get_host() != urlsplit(settings.FILES_URL).netloc:
        raise NotFound(grant)
    return _hand_out(request, read_grant(grant, now=clock.now()))


@signed_in
def _download_here(request: HttpRequest, grant: str) -> HttpResponse:
    read = read_grant(grant, now=clock.now())
    if read.user != person(request).public_id or handed_over_by(request) not in ("", read.marketplace):
        raise NotFound(grant)
    return _hand_out(request, read)


def _hand_out(request: HttpRequest, grant: Grant) -> HttpResponse:
    if grant.expired:
        return render(request, "files/expired.html", {"grant": grant}, status=410)
    user = User.objects.filter(public_id=grant.user, is_active=True).first()
    if user is None:
        raise NotFound(grant.user)
    found = _found(request, user, grant.marketplace, grant.attachment)
    note_opening(attachment=found, by=user, now=clock.now())
    content: IO[bytes] = open_checked(found.blob)
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type=found.content_type)
    return _locked_up(response)


def _found(request: HttpRequest, user: User, marketplace: str, attachment: str) -> Attachment:
    """The file, if ``user`` may have it; whom a shop has vouched for has a buyer's files and no others."""
    as_buyer = bool(handed_over_by(request))
    return get_attachment(user=user, marketplace=marketplace, attachment_id=attachment, as_buyer=as_buyer)


def _locked_up(response: FileResponse) -> HttpResponse:
    """Whatever a browser makes of it, it runs nothing and is taken for nothing else."""
    response["Content-Security-Policy"] = _CONTENT
    response["X-Content-Type-Options"] = "nosniff"
    return cast("HttpResponse", response)  # to whoever answers, the two are one
