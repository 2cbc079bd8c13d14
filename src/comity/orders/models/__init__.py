"""Orders as records: what was bought, how it leaves and arrives, what is given back, what comes back."""

from comity.orders.models.boxes import BoxPhoto, BoxReport
from comity.orders.models.feeds import Feed, FeedResult, ImportRun, Report, ReportSchedule
from comity.orders.models.inserts import InsertText
from comity.orders.models.life import CancelRequest, DelayNotice, ShipDeadline
from comity.orders.models.money import Adjustment, AdjustmentPart
from comity.orders.models.orders import COPIES, ERASED, TRANSITIONS, Order, OrderLine
from comity.orders.models.replacing import Replacement
from comity.orders.models.returns import (
    RETURN_TRANSITIONS,
    Return,
    ReturnDeadline,
    ReturnLine,
    ReturnPhoto,
    ReturnRule,
)
from comity.orders.models.shipping import CarrierEvent, Shipment, ShipmentLine
from comity.orders.models.subscriptions import (
    RENEWAL_PAYMENT_TRANSITIONS,
    SUBSCRIPTION_TRANSITIONS,
    Renewal,
    RenewalPayment,
    Subscription,
)

__all__ = [
    "COPIES",
    "ERASED",
    "RENEWAL_PAYMENT_TRANSITIONS",
    "RETURN_TRANSITIONS",
    "SUBSCRIPTION_TRANSITIONS",
    "TRANSITIONS",
    "Adjustment",
    "AdjustmentPart",
    "BoxPhoto",
    "BoxReport",
    "CancelRequest",
    "CarrierEvent",
    "DelayNotice",
    "Feed",
    "FeedResult",
    "ImportRun",
    "InsertText",
    "Order",
    "OrderLine",
    "Renewal",
    "RenewalPayment",
    "Replacement",
    "Report",
    "ReportSchedule",
    "Return",
    "ReturnDeadline",
    "ReturnLine",
    "ReturnPhoto",
    "ReturnRule",
    "ShipDeadline",
    "Shipment",
    "ShipmentLine",
    "Subscription",
]
