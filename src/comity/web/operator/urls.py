"""Addresses of the operator's pages, below ``/<marketplace>/operate/``."""

from django.urls import path

from comity.web.operator.views import connect, home, records, repair, rulings, service, settings

urlpatterns = [
    path("", home.home, name="operator-home"),
    path("service/", service.inbox, name="operator-service-inbox"),
    path("service/<str:conversation>/", service.conversation, name="operator-service-conversation"),
    path("service/<str:conversation>/reply/", service.answer, name="operator-service-reply"),
    path("service/<str:conversation>/new/", service.new_messages, name="operator-service-new"),
    path("service/<str:conversation>/draft/", service.draft, name="operator-service-draft"),
    path(
        "service/<str:conversation>/no-response-needed/",
        service.no_response_needed,
        name="operator-service-no-response",
    ),
    path("held/", rulings.queue, name="operator-held"),
    path("held/<str:message>/", rulings.ruling, name="operator-ruling"),
    path("conversations/", records.records, name="operator-records"),
    path("conversations/<str:conversation>/", records.record, name="operator-record"),
    path("conversations/<str:conversation>/export/", records.export, name="operator-export"),
    path("hand-over/", connect.hand_over, name="operator-hand-over"),
    path("given-up/", repair.given_up, name="operator-dead-letters"),
    path("given-up/<int:delivery>/", repair.repair, name="operator-dead-letter"),
    path("settings/", settings.settings, name="operator-settings"),
]
