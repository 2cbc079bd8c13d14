"""What the tests of the buyer's pages start from, and what they do again and again."""

import html
import re
from itertools import count

from comity.common import clock
from comity.common.models import OutboxEvent
from comity.messaging.handlers import deliver_message
from comity.messaging.models import Conversation, Message
from comity.messaging.selectors.doors import get_seat_of_staff
from comity.messaging.services.messages import Reply, reply
from tests import factories

PHONE = "Please call me on 0161 496 0018 about the lamp."
_keys = count(1)


class Shop:
    """One buyer's view of one marketplace; requests go through the real middleware."""

    def __init__(self, client):
        self.client = client
        self.market = factories.marketplace()
        self.seller = factories.seller(self.market)
        self.staff = factories.staff(self.seller)
        self.buyer = factories.buyer(self.market)
        self.listing = factories.listing(self.seller)
        self.order = factories.order(self.buyer, self.seller, self.listing)
        client.force_login(self.buyer.user)

    def path(self, rest=""):
        return f"/{self.market.slug}/{rest}"

    def get(self, rest="", **fields):
        return self.client.get(self.path(rest), fields)

    def post(self, rest, **fields):
        return self.client.post(self.path(rest), fields)

    def contact(self, text="Is it brass or steel?", topic="product", key="", about="", **fields):
        about = about or f"listing={self.listing.public_id}"
        key = key or f"key-{next(_keys)}"
        return self.post(f"contact/?{about}", text=text, topic=topic, key=key, **fields)

    def reply(self, text, key="", **fields):
        place = f"messages/{self.conversation.public_id}/reply/"
        return self.post(place, text=text, key=key or f"key-{next(_keys)}", **fields)

    def answer(self, text="It is brass."):
        """The seller answers, and the answer is delivered."""
        seat = get_seat_of_staff(staff=self.staff, user=self.staff.user, conversation_id=self.conversation.public_id)
        sent = reply(seat=seat, reply=Reply(text=text, key=f"key-{next(_keys)}"), now=clock.now())
        deliver()
        return sent.message

    @property
    def conversation(self):
        return Conversation.objects.get(buyer=self.buyer)

    @property
    def message(self):
        return Message.objects.get(conversation__buyer=self.buyer)


def deliver():
    """What the worker does with every accepted message."""
    for event in OutboxEvent.objects.filter(name="message.accepted").order_by("id"):
        deliver_message(event, now=clock.now())


def words(response):
    """What a person reads on the page, with single spaces."""
    page = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def field(response, name):
    """The value of a hidden or chosen input of the page's form."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', response.content.decode())
    return re.search(r'value="([^"]*)"', tag[0])[1] if tag else None


def typed(response):
    """What stands in the text field."""
    return html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", response.content.decode(), re.DOTALL)[1])
