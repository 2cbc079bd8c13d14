"""The page that lists all shortcuts, and the switch for those of a single key."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from comity.web.account.gate import same_site
from comity.web.keys import KEYS

_YEAR = 365 * 24 * 3600  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
def keyboard(request: HttpRequest) -> HttpResponse:
    """All shortcuts; posted: keep in a cookie whether single keys count (on, off), and lead back to ``next``."""
    if request.method != "POST":
        back = same_site(request.GET.get("next", ""))
        return render(request, "keyboard.html", {"groups": KEYS, "back": back, "here": request.get_full_path()})
    response = HttpResponseRedirect(same_site(request.POST.get("next", "")) or request.path)
    if request.POST.get("single") == "off":
        response.set_cookie("keys", "off", max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    else:
        response.delete_cookie("keys", samesite="Lax")
    return response
