"""What people are told, how far the journal was read for it, and how each person wants to be told."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from entrepot.node.account.models import Person


class What(models.TextChoices):
    """Why somebody is told: a record came in; it waits for an answer; it decides about the party; a record of the
    party's own was refused by another node, or given up after many tries."""

    RECORD = "record"
    STEP = "step"
    DECISION = "decision"
    REFUSAL = "refusal"
    UNDELIVERED = "undelivered"


class Notice(models.Model):
    """One person is told something about a party of hers. ``about``: the record, of ``kind``, in ``sale`` (or empty).

    ``letter``: the name of the letter that tells it, empty before it has one; ``posted``: since when it need not be
    told by letter any more.
    """

    person: "models.ForeignKey[Person, Person]" = models.ForeignKey(Person, models.CASCADE)
    party: "models.CharField[str, str]" = models.CharField(max_length=500)
    what: "models.CharField[str, str]" = models.CharField(max_length=12, choices=What.choices)
    about: "models.CharField[str, str]" = models.CharField(max_length=64)
    kind: "models.CharField[str, str]" = models.CharField(max_length=35)
    sale: "models.CharField[str, str]" = models.CharField(max_length=64, blank=True)
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    read: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)
    letter: "models.CharField[str, str]" = models.CharField(max_length=32, blank=True)
    posted: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    class Meta:
        """Table options."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "party", "about", "what"], name="notice_told_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "party", "read"], name="notice_unread"),
            models.Index(fields=["letter"], condition=models.Q(posted__isnull=True), name="notice_unposted"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.about[:8]}"


class Place(models.Model):
    """How far the journal was read: the last entry, in which epoch of the log. One row."""

    epoch: "models.IntegerField[int, int]" = models.IntegerField()
    seq: "models.BigIntegerField[int, int]" = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.epoch}/{self.seq}"


class Wish(models.Model):
    """How a person wants to be told: by letter too, and in which language (a code of the pages)."""

    person: "models.OneToOneField[Person, Person]" = models.OneToOneField(Person, models.CASCADE)
    letters: "models.BooleanField[bool, bool]" = models.BooleanField(default=True)
    language: "models.CharField[str, str]" = models.CharField(max_length=10, default="en")

    def __str__(self) -> str:
        return f"{self.language} {self.letters}"
