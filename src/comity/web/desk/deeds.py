"""The audit trail in words: the one table event -> what its person did, to be read after their name."""

from collections.abc import Collection, Mapping
from itertools import groupby

DEEDS: Mapping[str, str] = {
    "agreement.accepted": "accepted who sends which kind of message",
    "agreement.declined": "declined a proposal who sends which kind of message",
    "agreement.proposed": "proposed who sends which kind of message",
    "agreement.withdrawn": "took back a proposal who sends which kind of message",
    "answer.voted": "said whether an answer solved it",
    "attachment.opened": "opened a file of a message",
    "attachment.previewed": "was shown the small picture of a file",
    "audit.exported": "exported the audit trail",
    "audit.opened": "opened the audit trail",
    "buyer.changed": "had a new name or address given by the shop's hand-over",
    "buyer.unsolicited_accepted": "wants messages they did not ask for again",
    "buyer.unsolicited_declined": "declined messages they did not ask for",
    "conversation.assigned": "assigned a conversation",
    "conversation.labelled": "put a label on a conversation",
    "conversation.marked": "marked that no response is needed",
    "conversation.unassigned": "took a conversation from somebody who no longer answers there",
    "conversation.unlabelled": "took a label off a conversation",
    "hand_over.secret_renewed": "made a new secret for the hand-over from the shop",
    "invitation.accepted": "accepted an invitation",
    "invitation.revoked": "took an invitation back",
    "invitation.sent": "invited somebody",
    "invitation.sent_again": "sent an invitation again",
    "label.changed": "changed a label",
    "label.created": "made a label",
    "label.deleted": "deleted a label",
    "listing.changed": "changed a listing",
    "listing.handling_changed": "changed the handling time of a listing",
    "message.accepted": "sent a message",
    "message.blocked": "wrote a message that the rules blocked",
    "message.delivered": "had a message delivered",
    "message.held": "wrote a message that is held",
    "message.reported": "reported a message",
    "message.ruled": "ruled on a held message",
    "message.taken": "took a held message to rule on it",
    "message.withdrawn": "took a message back",
    "note.removed": "removed a private note",
    "note.written": "wrote a private note",
    "notice.acknowledged": "confirmed that they read a notice",
    "notice.approved": "approved a notice",
    "notice.batch_sent": "had a part of a notice sent",
    "notice.batch_stopped": "had a part of a stopped notice put down as not sent",
    "notice.blocked": "wrote a notice that the rules blocked",
    "notice.closed": "closed a notice",
    "notice.confirmed": "confirmed a notice",
    "notice.discarded": "discarded a notice",
    "notice.reminders_fell_due": "had reminders of a recall fall due",
    "notice.reminders_sent": "had reminders of a recall sent",
    "notice.returned": "returned a notice to its author",
    "notice.rewritten": "rewrote a notice",
    "notice.sending_began": "began to send a notice",
    "notice.sent": "sent a notice",
    "notice.stopped": "had a notice stopped, its shop being restricted",
    "notice.submitted": "handed a notice in for approval",
    "notice.written": "wrote a notice",
    "operator_staff.role_changed": "changed the role of one of the operator's people",
    "operator_staff.seated": "gave somebody a seat with the operator",
    "operator_staff.unseated": "took somebody's seat with the operator away",
    "order.placed": "placed an order",
    "orders.reindexed": "had orders found by a new name",
    "policy.published": "published a policy of a shop",
    "record.exported": "exported the record of a conversation",
    "record.opened": "opened the record of a conversation",
    "record.searched": "searched everything on record",
    "report.decided": "decided on a reported message",
    "restriction.imposed": "restricted somebody",
    "restriction.lifted": "lifted a restriction",
    "review.requested": "asked a buyer for a review",
    "rulebook.proposed": "proposed a change of the rules",
    "rulebook.published": "approved a change of the rules",
    "rulebook.refused": "refused a change of the rules",
    "rulebook.withdrawn": "took back a change of the rules",
    "ruling.alarmed": "was told that a ruling is due",
    "saved_reply.deleted": "deleted a saved reply",
    "saved_reply.saved": "saved a saved reply",
    "seller.created": "created a shop",
    "settings.changed": "changed the settings",
    "shipment.confirmed": "confirmed a shipment",
    "staff.role_changed": "changed the role of one of a shop's people",
    "staff.seated": "gave somebody a seat with a shop",
    "staff.sign_in_failed": "had a sign-in refused for a wrong password",
    "staff.signed_in": "signed in",
    "staff.unseated": "took somebody's seat with a shop away",
    "team.conversations_unassigned": "took some conversations from somebody who no longer answers there",
    "upload.infected": "uploaded a file that holds a virus",
    "user.changed": "changed their own account",
    "user.password_changed": "changed their password",
    "user.signed_out_everywhere": "ended all their other sessions",
    "view.deleted": "deleted a saved view",
    "view.saved": "saved a view",
}


def deed(name: str) -> str:
    """What the person of event ``name`` did; the name itself where a later version wrote it."""
    return DEEDS.get(name, name)


def deeds_by_noun(names: Collection[str] = DEEDS) -> list[tuple[str, list[tuple[str, str]]]]:
    """The table, or only ``names`` of it, for a choice: under each noun its events and their words."""
    offered = [item for item in DEEDS.items() if item[0] in names]
    return [(noun, list(of)) for noun, of in groupby(offered, key=lambda item: _noun(item[0]))]


def _noun(name: str) -> str:
    return name.partition(".")[0].replace("_", " ").capitalize()
