"""Addresses of the operator's pages, below ``/<marketplace>/operate/``."""

from django.urls import path

from comity.web.operator.views import audit, connect, home, records, repair, rulings, saved, search, service, settings, team

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
    path("team/labels/", team.labels, name="operator-service-labels"),
    path("team/labels/<str:label>/", team.label, name="operator-service-label"),
    path("team/views/", team.saved_views, name="operator-service-views"),
    path("team/views/<str:view>/delete/", team.view_delete, name="operator-service-view-delete"),
    path("team/change/", team.bulk, name="operator-service-bulk"),
    path("service/<str:conversation>/assign/", team.assign, name="operator-service-assign"),
    path("service/<str:conversation>/labels/", team.put_label, name="operator-service-put-label"),
    path("service/<str:conversation>/notes/", team.note, name="operator-service-notes"),
    path(
        "service/<str:conversation>/notes/<str:note>/remove/", team.note_remove, name="operator-service-note-remove"
    ),
    path("service/<str:conversation>/undo/<str:message>/", service.undo, name="operator-service-undo"),
    path("service/<str:conversation>/insert/", service.insert, name="operator-service-insert"),
    path("saved-replies/", saved.saved_replies, name="operator-service-saved-replies"),
    path("saved-replies/new/", saved.saved_reply, name="operator-service-saved-new"),
    path("saved-replies/preview/", saved.try_out, name="operator-service-saved-preview"),
    path("saved-replies/<str:saved>/", saved.saved_reply, name="operator-service-saved-reply"),
    path("saved-replies/<str:saved>/delete/", saved.delete, name="operator-service-saved-delete"),
    path("held/", rulings.queue, name="operator-held"),
    path("held/<str:message>/", rulings.ruling, name="operator-ruling"),
    path("search/", search.service, name="operator-search"),
    path("search/record/", search.record, name="operator-record-search"),
    path("conversations/", records.records, name="operator-records"),
    path("conversations/<str:conversation>/", records.record, name="operator-record"),
    path("conversations/<str:conversation>/export/", records.export, name="operator-export"),
    path("hand-over/", connect.hand_over, name="operator-hand-over"),
    path("given-up/", repair.given_up, name="operator-dead-letters"),
    path("given-up/<int:delivery>/", repair.repair, name="operator-dead-letter"),
    path("audit/", audit.audit, name="operator-audit"),
    path("audit/export/", audit.export, name="operator-audit-export"),
    path("settings/", settings.settings, name="operator-settings"),
]
