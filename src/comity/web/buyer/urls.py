"""Addresses of the buyer's pages, below the marketplace's slug."""

from django.urls import path

from comity.web.buyer.views import (
    care,
    catalogue,
    choices,
    contact,
    conversation,
    orders,
    recalls,
    returns,
    rules,
    search,
)

urlpatterns = [
    path("", catalogue.home, name="buyer-home"),
    path("products/<str:listing>/", catalogue.product, name="buyer-product"),
    path("sellers/<str:seller>/", catalogue.seller, name="buyer-seller"),
    path("sellers/<str:seller>/policies/<str:policy>/", catalogue.policy, name="buyer-policy"),
    path("orders/", orders.orders, name="buyer-orders"),
    path("orders/<str:order>/", orders.order, name="buyer-order"),
    path("orders/<str:order>/return/", returns.ask, name="buyer-return-ask"),
    path("returns/<str:returned>/", returns.returned, name="buyer-return"),
    path("returns/<str:returned>/files/<str:file>/", returns.file, name="buyer-return-file"),
    path("rules/", rules.rules, name="buyer-rules"),
    path("rules/<str:rule>/", rules.rule, name="buyer-rule"),
    path("search/", search.search, name="buyer-search"),
    path("contact/", contact.contact_form, name="buyer-contact"),
    path("contact/check/", contact.check, name="buyer-contact-check"),
    path("contact/draft/", contact.draft, name="buyer-contact-draft"),
    path("contact/sent/<str:message>/", contact.sent, name="buyer-contact-sent"),
    path("contact-choices/", choices.contact_choices, name="buyer-contact-choices"),
    path("messages/", conversation.message_center, name="buyer-messages"),
    path("messages/<str:conversation>/", conversation.conversation_page, name="buyer-conversation"),
    path("messages/<str:conversation>/report/<str:message>/", care.report, name="buyer-report"),
    path("messages/<str:conversation>/solved/<str:message>/", care.vote, name="buyer-vote"),
    path("messages/<str:conversation>/block/", care.block, name="buyer-block"),
    path("messages/<str:conversation>/reply/", conversation.send_reply, name="buyer-reply"),
    path("messages/<str:conversation>/new/", conversation.new_messages, name="buyer-new"),
    path("messages/<str:conversation>/check/", conversation.check, name="buyer-check"),
    path("messages/<str:conversation>/draft/", conversation.draft, name="buyer-draft"),
    path("recalls/<str:notice>/", recalls.recall, name="buyer-recall"),
    path("products/recalls/<str:notice>/", recalls.product_recall, name="buyer-product-recall"),
]
