"""Files of drafts, and work that goes on beside the requests."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from entrepot.node.account.models import Person


class Upload(models.Model):
    """A file that a person sent: ``digest`` (SHA-256) of ``body``, its name and media type; gone with the draft."""

    person: "models.ForeignKey[Person, Person]" = models.ForeignKey(Person, models.CASCADE)
    digest: "models.CharField[str, str]" = models.CharField(max_length=64)
    name: "models.CharField[str, str]" = models.CharField(max_length=150)
    media_type: "models.CharField[str, str]" = models.CharField(max_length=100)
    size: "models.IntegerField[int, int]" = models.IntegerField()
    body: "models.BinaryField[bytes, bytes]" = models.BinaryField()
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    class Meta:
        """Table options."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "digest"], name="upload_once")]

    def __str__(self) -> str:
        return self.name


class Work(models.Model):
    """Work that goes on beside the requests, or is over: ``name`` (SHA-256) stands for all that it is ``about`` (JSON);
    ``phase``, ``done`` and ``total`` say how far it is; ``result``, once it is over, what came of it, empty where it
    failed; ``at``: when it was last heard of."""

    person: "models.ForeignKey[Person, Person]" = models.ForeignKey(Person, models.CASCADE)
    name: "models.CharField[str, str]" = models.CharField(max_length=64)
    about: "models.TextField[str, str]" = models.TextField()
    phase: "models.CharField[str, str]" = models.CharField(max_length=20)
    done: "models.IntegerField[int, int]" = models.IntegerField()
    total: "models.IntegerField[int, int]" = models.IntegerField()
    result: "models.TextField[str, str]" = models.TextField()
    is_over: "models.BooleanField[bool, bool]" = models.BooleanField()
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    class Meta:
        """Table options."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="work_once")]

    def __str__(self) -> str:
        return self.name
