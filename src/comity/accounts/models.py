"""Who takes part: marketplaces, organisations, sellers, buyers, staff, users and what they may not do now.

Invariants
    * Every root belongs to one marketplace, and so does every unique key.
    * A real e-mail address lies encrypted; ``email_lookup`` finds it.
    * A user may hold any number of seats: buyer here, staff there.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from comity.common.crypto import EncryptedTextField, lookup_digest
from comity.common.ids import PublicIdField
from comity.common.models import Stream


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """The user whose e-mail address is ``username``, whatever its case."""
        return self.get(email_lookup=lookup_digest(username or ""))


class User(AbstractBaseUser):
    """A person who signs in, by e-mail address and password or by a one-time link."""

    public_id = PublicIdField()
    email = EncryptedTextField()
    email_lookup = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    signed_out_at = models.DateTimeField(null=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email_lookup"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def clean(self) -> None:
        """Nothing to normalise: services fold the address before it gets here."""

    def get_username(self) -> str:
        return str(self.public_id)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Every session holds this: a new password ends them all, and so does ``signed_out_at``."""
        plain: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]  # Django's stubs leave it out
        return f"{plain}{self.signed_out_at.timestamp()}" if self.signed_out_at else plain

    def __str__(self) -> str:
        return self.name


class SpentToken(models.Model):
    """A single-use token that has been used: its second use finds this row."""

    digest = models.CharField(max_length=64, unique=True)
    spent_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class Tries(models.Model):
    """How often something was tried since a moment, such as signing in to one address. See services.throttle."""

    key = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "tries"


class Marketplace(Stream):
    """One selling site with its rules, and the people who run it.

    ``profile_versions`` are the settings that replace scalars of the profile's file, newest last, each with the
    moment from which it counts; ``topics`` says which are not offered and which somebody else answers. Both lie in
    the row because every message needs them; who changed what is in ``SettingsVersion``. So do the marketplace's own
    versions of its rulebook: ``rulebook_versions`` are their first days and digests, the latest last.
    """

    public_id = PublicIdField()
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")
    profile = models.CharField(max_length=60, default="open-marketplace")
    rulebook = models.CharField(max_length=60, default="open-marketplace")
    trusted_domains: Any = models.JSONField(default=list)
    profile_versions: Any = models.JSONField(default=list)
    rulebook_versions: Any = models.JSONField(default=list)
    topics: Any = models.JSONField(default=dict)
    hand_over_secret = EncryptedTextField(blank=True)

    def __str__(self) -> str:
        return self.name


class CarrierKey(models.Model):
    """The secret with which one carrier signs what it pushes to one marketplace, as ``whsec_<base64>``.

    ``carrier``: as it is written everywhere; ``code``: equal for all its names. The secret before this one is believed
    until ``old_until``.
    """

    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="carrier_keys")
    code = models.CharField(max_length=180)  # a letter may become three of them
    carrier = models.CharField(max_length=60)
    secret = EncryptedTextField()
    old_secret = EncryptedTextField(blank=True)
    old_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["marketplace", "code"], name="carrier_key_once")]


class SettingsVersion(models.Model):
    """One change of a marketplace's settings: append-only.

    ``values`` are all scalars that replace the profile's from ``valid_from`` on; ``digest`` names the profile that
    they make with the file whose digest is ``base``. ``changes`` lists [setting, before, after].
    """

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="settings_versions")
    digest = models.CharField(max_length=64, db_index=True)
    base = models.CharField(max_length=64)
    values: Any = models.JSONField(default=dict)
    changes: Any = models.JSONField(default=list)
    valid_from = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    why = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["marketplace", "-id"], name="settings_version_latest")]


class Organisation(models.Model):
    """A company; joins the sellers it runs on several marketplaces."""

    public_id = PublicIdField()
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Seller(Stream):
    """One shop on one marketplace."""

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="sellers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="sellers")
    public_id = PublicIdField()
    source = models.CharField(max_length=60, default="comity")
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    since_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "source", "external_id"], name="seller_external_id_once")
        ]

    def __str__(self) -> str:
        return self.name


class Buyer(Stream):
    """One person buying on one marketplace. Without ``user`` until that person first signs in.

    ``unsolicited_declined_at``: since when nothing comes that the buyer did not ask for, unless it is critical.
    """

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="buyers")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="buyers")
    public_id = PublicIdField()
    source = models.CharField(max_length=60, default="comity")
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=120)
    email = EncryptedTextField(blank=True)
    email_lookup = models.CharField(max_length=64, blank=True, editable=False)
    language = models.CharField(max_length=12, default="en")
    unsolicited_declined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "source", "external_id"], name="buyer_external_id_once"),
            models.UniqueConstraint(
                fields=["marketplace", "user"], name="buyer_user_once", condition=models.Q(user__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["marketplace", "email_lookup"], name="buyer_email_lookup")]

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    """A user's seat with a seller. A read-only seat sees all and sends nothing."""

    class Role(models.TextChoices):
        OWNER = "owner"
        AGENT = "agent"
        READ_ONLY = "read_only"

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="staff")
    user = models.ForeignKey(User, models.PROTECT, related_name="staff_seats")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "user"], name="staff_seat_once")]


class OperatorStaff(models.Model):
    """A user's seat with the operator of a marketplace."""

    class Role(models.TextChoices):
        MODERATOR = "moderator"
        SERVICE_AGENT = "service_agent"
        ADJUDICATOR = "adjudicator"
        INVESTIGATOR = "investigator"
        ADMIN = "admin"

    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="operator_staff")
    user = models.ForeignKey(User, models.PROTECT, related_name="operator_seats")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "user"], name="operator_seat_once"),
        ]


class Invitation(models.Model):
    """An e-mail address asked to take a seat with a seller, or with the operator where ``seller`` is empty.

    open -> accepted | revoked | expired. Each mail holds a link of its own: ``sent_count`` makes older ones void.
    """

    public_id = PublicIdField()
    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="invitations")
    seller = models.ForeignKey(Seller, models.CASCADE, null=True, related_name="invitations")
    email = EncryptedTextField()
    email_lookup = models.CharField(max_length=64, editable=False)
    role = models.CharField(max_length=16)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sent_count = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["marketplace", "seller"], name="invitation_of_party")]


class Restriction(models.Model):
    """What a buyer or a seller may not do now, since when, until when and why."""

    class Kind(models.TextChoices):
        MESSAGING = "messaging"
        PROACTIVE_MESSAGING = "proactive_messaging"

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="restrictions")
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, related_name="restrictions")
    buyer = models.ForeignKey(Buyer, models.PROTECT, null=True, related_name="restrictions")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    reason = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seller__isnull=False, buyer__isnull=True)
                | models.Q(seller__isnull=True, buyer__isnull=False),
                name="restriction_on_one_party",
            )
        ]
