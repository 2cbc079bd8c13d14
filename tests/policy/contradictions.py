"""Which side each rulebook takes where the requirements contradict each other, with what passes and what fails.

``SIDES[contradiction][books]``: the side in words, something that passes and something that fails: a message (an
``Example``) or an event (the name of a function of ``comity_policy.terms`` or "responsible", and its arguments).
"""

from comity_policy.model import Attached, Example

BOOKS = (
    "guide-k1",
    "amazon-2018-10",
    "amazon-2020-11",
    "amazon-2021-03",
    "amazon-2025-08",
    "amazon-2026-01",
    "open-marketplace",
)
GUIDE, OLD, OURS = "guide-k1", "amazon-2018-10", "open-marketplace"
SINCE_2020 = ("amazon-2020-11", "amazon-2021-03", "amazon-2025-08", "amazon-2026-01")
SINCE_2025 = ("amazon-2025-08", "amazon-2026-01")

SHIPPED = (
    "Ann Lind, 12 Mill Lane, Leeds LS1 4AP: 1 x lamp left with DHL, tracking JD014600006281230704, due 3 December."
)
RETURNED = "Your 1 x lamp is back. 24.90 € were refunded on 2 December."
SHIPMENT = {"purpose": "shipment", "kind": "shipment_confirmation"}
RETURN = {"purpose": "return", "kind": "return_confirmation"}
TRACKING = Example("Follow it on https://www.dhl.com/track?id=JD0146.", purpose="shipment")
WARRANTY = Example("Register the lamp for its warranty at https://www.lampmaker.biz/warranty.", purpose="shipment")
SHOP = Example("All our lamps are on www.lampmaker.biz.", purpose="proactive")
DEPOT = Example("The carrier's depot in Leeds is reached on 0161 496 0388.", purpose="shipment")
CALL_ME = Example("The carrier comes on Tuesday. Call me on 0161 496 0388 before.", purpose="shipment")
CARE = Example("Register its warranty with the manufacturer: care@lampmaker.biz", purpose="shipment")
MAIL_US = Example("The courier has it. For more, write to us: shop@lampmaker.biz", purpose="shipment")
HAULIERS = Example("Die Speditionsfirma ist unter 0161 496 0388 zu erreichen.", purpose="shipment")
BEGINS = Example("The carrier has it. 0161 496 0388 answers all day.", purpose="shipment")
LAMPS = Example("Your parcel has left. All our lamps are on www.lampmaker.biz.", purpose="shipment")
UNASKED = Example("A longer warranty for your lamp: www.lampmaker.biz/warranty", purpose="proactive")
# Words of a carrier or a maker that say nothing of what the order needs.
EXCUSES_NOTHING = (
    "More colours on www.maker-lane.com",
    "See courier-crafts.com for the rest of our range.",
    "It is on www.courier-crafts.com.",
    "It is on www.courier-crafts.com and maker-lane.com.",
    "Zollstock günstiger auf www.lindhome.de",
    "Our warranty is longer if you order at lindhome.com",
    "The maker has more colours on lindhome.com.",
    "Best rates, guaranteed, anna.lind@gmail.com",
    "The driver answers under anna.lind@gmail.com.",
    "The driver answers under anna at gmail dot com.",
    "The courier answers under anna@web.de.",
    "It is courier@lindhome.com or maker@lindhome.com.",
    "Ask for me, I am also the driver: 0161 496 0388",
    "Give me your phone number, the driver is a friend of mine",
)
APPOINTMENT = Example("Your table comes on Tuesday. Is somebody at home in the morning?", purpose="shipment")
OUTSIDE = Example("Your table comes on Tuesday. Add me on WhatsApp to find a time.", purpose="shipment")
BREAKS = {"feedback_breaks_rules": True}
TAKE_BACK = "Would you remove your feedback? It gives a name and a street."
FIRST = Example(
    "Would you review what you bought? Good or bad, as you like.", purpose="review_request", review_requests=0
)
SECOND = Example("Would you review what you bought?", purpose="review_request", review_requests=1)
CALM = Example("The lamp came without its bulb. Could you look into it?", role="buyer", purpose="order_problem")
RUDE = Example("You absolute clown, the lamp came without its bulb.", role="buyer", purpose="order_problem")
CANCEL = Example("We are sold out, please cancel the order.", purpose="order_problem")


def picture(size=3_000_000, role="buyer"):
    return Example("This is how it looks.", role=role, purpose="order_problem", attached=(Attached("jpeg", size),))


def event(name, **arguments):
    return name, arguments


SIDES = {
    "C1": {
        (GUIDE,): ("permitted", Example(SHIPPED, **SHIPMENT), Example("It is on its way.", **SHIPMENT)),
        (OLD,): ("required", event("shipped", mailed=True), event("shipped", mailed=False)),
        (*SINCE_2020, OURS): ("forbidden", event("shipped", mailed=False), Example(SHIPPED, **SHIPMENT)),
    },
    "C2": {
        (GUIDE,): ("what fulfilment needs, telephone and e-mail too", WARRANTY, SHOP),
        (GUIDE, "telephone"): ("the carrier's number, nobody's own", DEPOT, CALL_ME),
        (GUIDE, "sentence"): ("in whatever form the carrier is named, in the same sentence", HAULIERS, BEGINS),
        (GUIDE, "mail"): ("the maker's warranty, no other mail", CARE, MAIL_US),
        (GUIDE, "site"): ("no shop, though a parcel is under way", TRACKING, LAMPS),
        **{(GUIDE, text): (text, WARRANTY, Example(text, purpose="shipment")) for text in EXCUSES_NOTHING},
        (GUIDE, "why"): ("not where nothing is to be fulfilled", WARRANTY, UNASKED),
        (OLD, *SINCE_2020, OURS): ("tracking only", TRACKING, SHOP),
        (OLD, *SINCE_2020, OURS, "telephone"): ("no telephone, not the carrier's either", TRACKING, DEPOT),
        (OLD, *SINCE_2020, OURS, "mail"): ("no mail, not for a warranty either", TRACKING, CARE),
        (OLD, *SINCE_2020, OURS, "warranty"): ("no link for a warranty", TRACKING, WARRANTY),
    },
    "C3": {BOOKS: ("sellers may write first, on the platform only", APPOINTMENT, OUTSIDE)},
    "C4": {
        BOOKS: ("the seller's clock is 24 h", event("answered", hours=24), event("answered", hours=24.1)),
        (*BOOKS, "wait"): ("the buyer's is 48 h", event("escalated", hours=48), event("escalated", hours=47.9)),
    },
    "C5": {
        (GUIDE, OLD, "amazon-2020-11", "amazon-2021-03"): (
            "feedback that breaks the rules may be asked to be taken back",
            Example(TAKE_BACK, **BREAKS),
            Example(TAKE_BACK.split("?", maxsplit=1)[0] + " for a refund?", **BREAKS),
        ),
        (*SINCE_2025, OURS): (
            "only the marketplace removes feedback",
            Example("You wrote in your feedback that the lid came loose. A new lid left today.", **BREAKS),
            Example(TAKE_BACK, **BREAKS),
        ),
    },
    "C6": {BOOKS: ("one request an order, whatever its way", FIRST, SECOND)},
    "C7": {BOOKS: ("both directions are checked", CALM, RUDE)},
    "C8": {
        (OLD,): ("buyer mail is plain text", CALM, picture()),
        (GUIDE, *SINCE_2020, OURS): ("files up to 10 MB", picture(), picture(size=10_000_001)),
    },
    "C9": {
        (GUIDE, OLD, OURS): ("encouraged", Example(RETURNED, **RETURN), Example("Your lamp is back.", **RETURN)),
        SINCE_2020: (
            "only with a question or an offer",
            Example("The lamp came back without its shade. Did you keep it?", purpose="return"),
            Example(RETURNED, **RETURN),
        ),
    },
    "C10": {
        BOOKS: (
            "by area and by who ships",
            event("responsible", topic="shipping", fulfilment="marketplace", party="marketplace"),
            event("responsible", topic="shipping", fulfilment="marketplace", party="seller"),
        )
    },
    "C11": {
        BOOKS: (
            "the order with the seller, the process with the marketplace",
            event("responsible", topic="cancel_order", fulfilment="seller", party="seller"),
            event("responsible", topic="cancel_process", fulfilment="seller", party="seller"),
        )
    },
    "C12": {
        (OLD,): (
            "the amount minus charges",
            event("refunded", days=10, unopened=True, share=80),
            event("refunded", days=10, unopened=True, share=0),
        ),
        (GUIDE, *SINCE_2020, OURS): (
            "in full, new and unopened, for 30 days",
            event("refunded", days=30, unopened=True, share=100),
            event("refunded", days=30, unopened=True, share=99),
        ),
    },
    "C13": {
        (OLD,): (
            "the buyer is refunded; asking is not forbidden",
            CANCEL,
            event("cancelled_after_delay", refunded=False),
        ),
        (GUIDE, *SINCE_2020, OURS): (
            "asking the buyer to cancel is forbidden",
            event("cancelled_after_delay", refunded=True),
            CANCEL,
        ),
    },
    "C14": {
        (OLD,): (
            "no contact first for what did not arrive",
            event("claimed", kind="not_received", contacted=False),
            event("claimed", kind="materially_different", contacted=False),
        ),
        (GUIDE, *SINCE_2020, OURS): (
            "contact first, whatever the kind",
            event("claimed", kind="not_received", contacted=True),
            event("claimed", kind="not_received", contacted=False),
        ),
    },
}
