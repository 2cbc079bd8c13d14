"""Addresses of a shop's pages, below ``/<marketplace>/sell/<seller>/``."""

from django.urls import path

from comity.web.seller.views import care, inbox, orders, saved, search, team, today

urlpatterns = [
    path("", inbox.home, name="seller-home"),
    path("today/", today.today, name="seller-today"),
    path("orders/", today.orders, name="seller-orders"),
    path("team/labels/", team.labels, name="seller-labels"),
    path("team/labels/<str:label>/", team.label, name="seller-label"),
    path("team/views/", team.saved_views, name="seller-views"),
    path("team/views/<str:view>/delete/", team.view_delete, name="seller-view-delete"),
    path("team/change/", team.bulk, name="seller-bulk"),
    path("inbox/<str:conversation>/assign/", team.assign, name="seller-assign"),
    path("inbox/<str:conversation>/labels/", team.put_label, name="seller-put-label"),
    path("inbox/<str:conversation>/notes/", team.note, name="seller-notes"),
    path("inbox/<str:conversation>/notes/<str:note>/remove/", team.note_remove, name="seller-note-remove"),
    path("inbox/", inbox.inbox, name="seller-inbox"),
    path("inbox/<str:conversation>/", inbox.conversation, name="seller-conversation"),
    path("inbox/<str:conversation>/reply/", inbox.answer, name="seller-reply"),
    path("inbox/<str:conversation>/new/", inbox.new_messages, name="seller-new"),
    path("inbox/<str:conversation>/check/", inbox.check, name="seller-check"),
    path("inbox/<str:conversation>/draft/", inbox.draft, name="seller-draft"),
    path("inbox/<str:conversation>/no-response-needed/", inbox.no_response_needed, name="seller-no-response"),
    path("inbox/<str:conversation>/undo/<str:message>/", inbox.undo, name="seller-undo"),
    path("inbox/<str:conversation>/insert/", inbox.insert, name="seller-insert"),
    path("saved-replies/", saved.saved_replies, name="seller-saved-replies"),
    path("saved-replies/new/", saved.saved_reply, name="seller-saved-new"),
    path("saved-replies/preview/", saved.try_out, name="seller-saved-preview"),
    path("saved-replies/<str:saved>/", saved.saved_reply, name="seller-saved-reply"),
    path("saved-replies/<str:saved>/delete/", saved.delete, name="seller-saved-delete"),
    path("search/", search.search, name="seller-search"),
    path("inbox/<str:conversation>/report/<str:message>/", care.report, name="seller-report"),
    path("inbox/<str:conversation>/block/", care.block, name="seller-block"),
    path("orders/<str:order>/", orders.order, name="seller-order"),
]
