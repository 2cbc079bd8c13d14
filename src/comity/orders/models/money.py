"""Money given back for an order, with a reason code and by component. Amounts are minor units.

Invariants
    * ``(order, source, external_id)`` is unique: the same adjustment from a feed that comes again changes nothing.
    * The parts of an adjustment add up to ``amount_minor``; what deducts (a restocking fee) has a negative part.
    * Of the principal of a line never more is adjusted than was paid for it; of all together never more than the
      order's ``Payable`` has left.
"""

from django.db import models

from comity.common.ids import PublicIdField
from comity.orders.models.orders import Order, OrderLine


class Adjustment(models.Model):
    """Money that a buyer gets back, or does not have to pay any more, for one order.

    ``reason``: one of the 18 codes (rules §5). ``refunded_minor`` was given back, ``released_minor`` had not been
    taken yet; together they are ``amount_minor``.
    """

    class Reason(models.TextChoices):
        NO_INVENTORY = "NoInventory"
        CUSTOMER_RETURN = "CustomerReturn"
        GENERAL_ADJUSTMENT = "GeneralAdjustment"
        COULD_NOT_SHIP = "CouldNotShip"
        DIFFERENT_ITEM = "DifferentItem"
        ABANDONED = "Abandoned"
        CUSTOMER_CANCEL = "CustomerCancel"
        PRICE_ERROR = "PriceError"
        PRODUCT_OUT_OF_STOCK = "ProductOutofStock"
        CUSTOMER_ADDRESS_INCORRECT = "CustomerAddressIncorrect"
        EXCHANGE = "Exchange"
        OTHER = "Other"
        CARRIER_CREDIT_DECISION = "CarrierCreditDecision"
        RISK_ASSESSMENT_INFORMATION_NOT_VALID = "RiskAssessmentInformationNotValid"
        CARRIER_COVERAGE_FAILURE = "CarrierCoverageFailure"
        TRANSACTION_RECORD = "TransactionRecord"
        UNDELIVERABLE = "Undeliverable"
        REFUSED_DELIVERY = "RefusedDelivery"

    order = models.ForeignKey(Order, models.CASCADE, related_name="adjustments")
    public_id = PublicIdField()
    source = models.CharField(max_length=60, default="comity")
    external_id = models.CharField(max_length=100)
    reason = models.CharField(max_length=40, choices=Reason.choices)
    amount_minor = models.PositiveBigIntegerField()
    refunded_minor = models.PositiveBigIntegerField(default=0)
    released_minor = models.PositiveBigIntegerField(default=0)
    note = models.TextField(blank=True)
    made_by = models.CharField(max_length=31, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "source", "external_id"], name="adjustment_external_id_once")
        ]


class AdjustmentPart(models.Model):
    """What of an adjustment is for which line and which component; no line: for the whole order.

    ``component``: one of the 16 (rules §5). Negative where the component deducts.
    """

    class Component(models.TextChoices):
        PRINCIPAL = "Principal"
        SHIPPING = "Shipping"
        TAX = "Tax"
        SHIPPING_TAX = "ShippingTax"
        RESTOCKING_FEE = "RestockingFee"
        RESTOCKING_FEE_TAX = "RestockingFeeTax"
        GIFT_WRAP = "GiftWrap"
        GIFT_WRAP_TAX = "GiftWrapTax"
        SURCHARGE = "Surcharge"
        RETURN_SHIPPING = "ReturnShipping"
        GOODWILL = "Goodwill"
        EXPORT_CHARGE = "ExportCharge"
        COD = "COD"
        COD_TAX = "CODTax"
        OTHER = "Other"
        FREE_REPLACEMENT_RETURN_SHIPPING = "FreeReplacementReturnShipping"

    adjustment = models.ForeignKey(Adjustment, models.CASCADE, related_name="parts")
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, related_name="adjusted")
    component = models.CharField(max_length=32, choices=Component.choices)
    quantity = models.PositiveIntegerField(null=True)
    amount_minor = models.BigIntegerField()
