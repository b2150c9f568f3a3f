"""People, businesses, who acts for which, and drafts. Secrets are kept as digests, or wrapped under the node's key."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac

from entrepot.node.access.models import Role


class People(BaseUserManager["Person"]):
    """All people of the node."""


class Person(AbstractBaseUser):
    """Somebody with an account. ``email`` in lower case; ``epoch`` grows when all sessions are to end.

    ``totp``: the secret of one-time codes, wrapped, as hexadecimal digits; ``totp_used``: the last step that was used.
    """

    email: "models.CharField[str, str]" = models.CharField(max_length=254, unique=True)
    name: "models.CharField[str, str]" = models.CharField(max_length=200)
    is_active: "models.BooleanField[bool, bool]" = models.BooleanField(default=True)
    is_operator: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    totp: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True)
    totp_used: "models.BigIntegerField[int, int]" = models.BigIntegerField(default=0)
    letter_codes: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    epoch: "models.IntegerField[int, int]" = models.IntegerField(default=0)
    joined: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects: ClassVar = People()

    def __str__(self) -> str:
        return self.name

    def replace(self, **values: object) -> bool:
        """Put ``values`` in place of what this object holds; False, and nothing done, where it changed meanwhile.

        Of a form that is sent several times at once one has an effect.
        """
        before = {name: getattr(self, name) for name in values}
        is_done = Person.objects.filter(pk=self.pk, **before).update(**values) == 1
        self.refresh_from_db()
        return is_done and before != values

    @property
    def second_factor(self) -> str:
        """What is asked for beside the password: ``totp``, ``letter`` or nothing."""
        return "totp" if self.totp else "letter" if self.letter_codes else ""

    @property
    def stand(self) -> str:
        """What a letter for a new password is written for: another after a new password, a sign-in, and the end of all
        sessions."""
        values = f"{self.password}/{self.epoch}/{self.last_login}/{self.is_active}"
        return salted_hmac("entrepot.letter", values, algorithm="sha256").hexdigest()

    def get_session_auth_hash(self) -> str:
        """What a session must carry to stay in force: it changes with the password and with ``epoch``."""
        return salted_hmac("entrepot.session", f"{self.password}/{self.epoch}", algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """None: the secret of the node is not rotated."""
        return iter(())


class Session(AbstractBaseSession):
    """One browser in which somebody signed in, or a visitor did something; ``began``: when the person showed who she
    is, ``seen``: when the browser last asked, to a minute."""

    person: "models.ForeignKey[Person | None, Person | None]" = models.ForeignKey(Person, models.CASCADE, null=True)
    person_id: "int | None"
    began: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    seen: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        """What reads and writes these rows."""
        from entrepot.node.account.sessions import SessionStore

        return SessionStore


class Business(models.Model):
    """What a party of this node says of itself, for the documents that it issues; no registrar has confirmed it."""

    party: "models.CharField[str, str]" = models.CharField(max_length=500, unique=True)
    name: "models.CharField[str, str]" = models.CharField(max_length=200)
    economy: "models.CharField[str, str]" = models.CharField(max_length=2)
    scheme: "models.CharField[str, str]" = models.CharField(max_length=35, blank=True)
    number: "models.CharField[str, str]" = models.CharField(max_length=70, blank=True)
    street: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True)
    city: "models.CharField[str, str]" = models.CharField(max_length=200, blank=True)
    postal_code: "models.CharField[str, str]" = models.CharField(max_length=35, blank=True)
    is_consumer: "models.BooleanField[bool, bool]" = models.BooleanField(default=False)
    """Whether it is no business at all, but a person who buys for herself."""

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person acts for one party, in one role, until it is ended."""

    person: "models.ForeignKey[Person, Person]" = models.ForeignKey(Person, models.CASCADE)
    party: "models.CharField[str, str]" = models.CharField(max_length=500, db_index=True)
    role: "models.CharField[str, str]" = models.CharField(max_length=10, choices=Role.choices)
    since: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    ended: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    class Meta:
        """Table options."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "party"], condition=models.Q(ended__isnull=True), name="account_one_membership"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"


class Invitation(models.Model):
    """A letter that lets whoever reads it act for a party; only the digest of its secret is kept."""

    digest: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    party: "models.CharField[str, str]" = models.CharField(max_length=500, db_index=True)
    role: "models.CharField[str, str]" = models.CharField(max_length=10, choices=Role.choices)
    email: "models.CharField[str, str]" = models.CharField(max_length=254)
    invited_by: "models.ForeignKey[Person, Person]" = models.ForeignKey(Person, models.CASCADE)
    expires: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    closed: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"


class LetterCode(models.Model):
    """A letter that opens something for ``email``: an account, or, where one stood there (``stand``), a new password.

    It is good once, as what it opens changes the stand. Only the digest of its code is kept. ``aim``: where the person
    was going.
    """

    digest: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    email: "models.CharField[str, str]" = models.CharField(max_length=254)
    stand: "models.CharField[str, str]" = models.CharField(max_length=64, blank=True)
    aim: "models.CharField[str, str]" = models.CharField(max_length=1000, blank=True)
    expires: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    def __str__(self) -> str:
        return self.email


class Deed(models.Model):
    """Who did what, for which party (empty: for nobody); ``about``: a record id, a role, an address of a letter."""

    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    person: "models.ForeignKey[Person | None, Person | None]" = models.ForeignKey(Person, models.SET_NULL, null=True)
    party: "models.CharField[str, str]" = models.CharField(max_length=500, blank=True, db_index=True)
    what: "models.CharField[str, str]" = models.CharField(max_length=40)
    about: "models.CharField[str, str]" = models.CharField(max_length=300, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.at} {self.what}"


class Draft(models.Model):
    """What a person typed into a form and has not signed: ``typed`` is JSON, ``place`` the address of the form."""

    person: "models.ForeignKey[Person, Person]" = models.ForeignKey(Person, models.CASCADE)
    place: "models.CharField[str, str]" = models.CharField(max_length=300)
    typed: "models.TextField[str, str]" = models.TextField()
    updated: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    class Meta:
        """Table options."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "place"], name="account_one_draft")]

    def __str__(self) -> str:
        return self.place


class Passkey(models.Model):
    """A key that a device keeps for a person: ``digest`` of its id, ``public`` its attested credential data
    (WebAuthn, 6.5.2) as hexadecimal digits, ``count`` the device's counter, ``name`` what the person calls it."""

    person: "models.ForeignKey[Person, Person]" = models.ForeignKey(Person, models.CASCADE)
    digest: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    public: "models.TextField[str, str]" = models.TextField()
    count: "models.BigIntegerField[int, int]" = models.BigIntegerField(default=0)
    added: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    name: "models.CharField[str, str]" = models.CharField(max_length=60, blank=True, default="")

    def __str__(self) -> str:
        return self.name or self.digest[:8]


class Failure(models.Model):
    """Failed attempts to sign in, by a digest of whom they were for: whether there is such an account or not."""

    key: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    count: "models.IntegerField[int, int]" = models.IntegerField(default=0)
    last: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.count}"


class OpenChallenge(models.Model):
    """A challenge that nobody has answered yet; ``asked``: the whole of it, as JSON."""

    nonce: "models.CharField[str, str]" = models.CharField(max_length=22, unique=True)
    asked: "models.TextField[str, str]" = models.TextField()
    expires: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    def __str__(self) -> str:
        return self.nonce


class Identity(models.Model):
    """Somebody who signs in with a corporate identity alone: ``did`` names it, and there is no password."""

    did: "models.CharField[str, str]" = models.CharField(max_length=500, unique=True)
    person: "models.OneToOneField[Person, Person]" = models.OneToOneField(Person, models.CASCADE)

    def __str__(self) -> str:
        return self.did
