"""Addresses of a shop's pages, below ``/<marketplace>/sell/<seller>/``."""

from django.urls import path

from comity.web.seller.views import inbox, orders

urlpatterns = [
    path("", inbox.home, name="seller-home"),
    path("inbox/", inbox.inbox, name="seller-inbox"),
    path("inbox/<str:conversation>/", inbox.conversation, name="seller-conversation"),
    path("inbox/<str:conversation>/reply/", inbox.answer, name="seller-reply"),
    path("inbox/<str:conversation>/new/", inbox.new_messages, name="seller-new"),
    path("inbox/<str:conversation>/check/", inbox.check, name="seller-check"),
    path("inbox/<str:conversation>/draft/", inbox.draft, name="seller-draft"),
    path("inbox/<str:conversation>/no-response-needed/", inbox.no_response_needed, name="seller-no-response"),
    path("orders/<str:order>/", orders.order, name="seller-order"),
]
