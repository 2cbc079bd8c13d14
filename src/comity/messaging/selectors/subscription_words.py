"""What buyers are told of their subscriptions, in their language: words from ``selectors/words``, filled from facts."""

from comity.common.locales import day_in, formats
from comity.messaging.selectors.order_words import words_in
from comity.messaging.selectors.variables import filled
from comity.orders.models import Subscription


def told_of(one: Subscription, words: str) -> tuple[str, str]:
    """Language and text of ``words`` about a subscription, with its buyer, seller and listing loaded."""
    language, text = words_in(words, one.buyer.language)
    values = {
        "seller.name": one.seller.name,
        "subscription.title": one.listing.product.title,
        "subscription.price": formats(language).money(one.price_minor, one.currency, bare=False),
        "subscription.renews_on": day_in(language, one.renews_on),
        "subscription.terms": one.terms,
    }
    return language, filled(text, values)
