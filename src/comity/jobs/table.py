"""The one table event -> handlers. An event that is not here is on the log and nobody acts on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from comity.accounts.handlers import tell_of_failed_sign_in
from comity.common.models import OutboxEvent
from comity.messaging.handlers import (
    deliver_message,
    index_buyer,
    index_imported,
    index_message,
    index_orders_of_renamed,
    remind_of_recall,
    send_notice,
    tell_of_declined_renewal,
    tell_of_order,
    tell_of_subscription,
    unassign_departed,
    void_offer,
)
from comity.notify.handlers import (
    tell_about_answered_escalation,
    tell_about_assignment,
    tell_about_box,
    tell_about_declined_renewal,
    tell_about_escalation,
    tell_about_finished_report,
    tell_about_given_up,
    tell_about_handling_time,
    tell_about_mention,
    tell_about_message,
    tell_about_offer,
    tell_about_order,
    tell_about_report,
    tell_about_return,
    tell_about_ruling,
)
from comity.orders.handlers import follow_parcel


class Handler(Protocol):
    """Reacts to an event, inside a transaction; safe to repeat."""

    __module__: str
    __name__: str

    def __call__(self, event: OutboxEvent, *, now: datetime) -> None: ...


HANDLERS: Mapping[str, tuple[Handler, ...]] = {
    "message.accepted": (deliver_message,),
    "notice.confirmed": (send_notice,),
    "notice.approved": (send_notice,),
    "notice.batch_sent": (send_notice,),
    "notice.stopped": (send_notice,),
    "notice.batch_stopped": (send_notice,),
    "notice.reminders_fell_due": (remind_of_recall,),
    "notice.reminders_sent": (remind_of_recall,),
    "message.held": (index_message,),
    "message.blocked": (index_message,),
    "message.delivered": (tell_about_message, index_message),
    "message.ruled": (tell_about_ruling, index_message, void_offer),
    "message.withdrawn": (index_message, void_offer),
    "conversation.assigned": (tell_about_assignment,),
    "staff.unseated": (unassign_departed,),
    "staff.role_changed": (unassign_departed,),
    "operator_staff.unseated": (unassign_departed,),
    "operator_staff.role_changed": (unassign_departed,),
    "team.conversations_unassigned": (unassign_departed,),
    "sign_in.failed": (tell_of_failed_sign_in,),
    "note.written": (tell_about_mention,),
    "report.decided": (tell_about_report,),
    "box.decided": (tell_about_box,),
    "report.finished": (tell_about_finished_report,),
    "listing.handling_changed": (tell_about_handling_time,),
    "message.erased": (index_message,),
    "buyer.changed": (index_buyer, index_orders_of_renamed),
    "sellers.imported": (index_imported, index_orders_of_renamed),
    "buyers.imported": (index_imported, index_orders_of_renamed),
    "orders.reindexed": (index_orders_of_renamed,),
    "orders.imported": (index_imported,),
    "shipments.imported": (index_imported,),
    "shipment.confirmed": (follow_parcel, tell_of_order),
    "shipment.corrected": (follow_parcel, tell_of_order),
    "order.placed": (tell_of_order,),
    "order.cancelled": (tell_of_order, tell_about_given_up),
    "order.cancel_declined": (tell_of_order,),
    "order.unfulfillable": (tell_of_order, tell_about_given_up),
    "order.delayed": (tell_of_order,),
    "order.shipped": (tell_of_order,),
    "adjustment.made": (tell_of_order,),
    "return.refunded": (tell_of_order,),
    "order.address_changed": (tell_about_order,),
    "order.cancel_requested": (tell_about_order,),
    "order.late": (tell_about_order,),
    "return.authorised": (tell_about_return,),
    "return.declined": (tell_about_return,),
    "return.requested": (tell_about_order,),
    "return.look_missed": (tell_about_order,),
    "duty.missed": (tell_about_order,),
    "offer.accepted": (tell_about_offer,),
    "offer.declined": (tell_about_offer,),
    "offer.countered": (tell_about_offer,),
    "offer.expired": (tell_about_offer,),
    "subscription.cancelled": (tell_of_subscription,),
    "subscription.declined": (tell_of_declined_renewal, tell_about_declined_renewal),
    "subscription.ended": (tell_of_subscription,),
    "subscription.renewed": (index_imported,),
    "escalation.made": (tell_about_escalation,),
    "escalation.answered": (tell_about_answered_escalation,),
}


def handler_name(handler: Handler) -> str:
    """``messaging.deliver_message``: the name under which the queue knows a handler."""
    return f"{handler.__module__.removeprefix('comity.').split('.')[0]}.{handler.__name__}"
