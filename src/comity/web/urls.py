"""The site's addresses. What begins with a marketplace's slug comes last: every other first word is reserved."""

from django.urls import include, path

from comity.web import carriers, payments
from comity.web.keyboard import keyboard
from comity.web.seller.views.inbox import shops

urlpatterns = [
    path("", include("comity.web.account.urls")),
    path("", include("comity.web.design.urls")),
    path("", include("comity.web.live.urls")),
    path("keyboard/", keyboard, name="keyboard"),
    path("hooks/payments/", payments.notices, name="payment-notices"),
    path("", include("comity.web.files.urls")),
    path("<slug:marketplace>/carriers/events/", carriers.events, name="carrier-events"),
    path("<slug:marketplace>/sell/", shops, name="seller-shops"),
    path("<slug:marketplace>/sell/<str:seller>/", include("comity.web.seller.urls")),
    path("<slug:marketplace>/operate/", include("comity.web.operator.urls")),
    path("<slug:marketplace>/", include("comity.web.buyer.urls")),
]
