"""Tokens, and what was done under idempotency keys. Only the digest of a token's secret is stored."""

from datetime import datetime
from typing import ClassVar

from django.db import models


class Role(models.TextChoices):
    """What a token may do for its party; ``operator`` runs the node and acts for no party."""

    OWNER = "owner"
    CLERK = "clerk"
    VIEWER = "viewer"
    OPERATOR = "operator"


class Token(models.Model):
    """A secret that a program presents as ``Authorization: Bearer``; ``party`` is a DID, empty for an operator."""

    digest: "models.CharField[str, str]" = models.CharField(max_length=64, unique=True)
    party: "models.CharField[str, str]" = models.CharField(max_length=500, blank=True)
    role: "models.CharField[str, str]" = models.CharField(max_length=10, choices=Role.choices)
    label: "models.CharField[str, str]" = models.CharField(max_length=100)
    created: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    expires: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)
    revoked: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    class Meta:
        """Table options."""

        indexes: ClassVar = [models.Index(fields=["party"])]

    def __str__(self) -> str:
        return f"{self.label} ({self.role})"


class Act(models.Model):
    """What an idempotency key of an operator or owner did to accounts and peers; its answer (JSON) holds no secrets.

    Acts that make records are not here: their keys lie in the journal, in the same transaction as the record.
    """

    scope: "models.CharField[str, str]" = models.CharField(max_length=700)
    key: "models.CharField[str, str]" = models.CharField(max_length=100)
    digest: "models.CharField[str, str]" = models.CharField(max_length=64)
    answer: "models.TextField[str, str]" = models.TextField()
    done: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    class Meta:
        """Table options."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["scope", "key"], name="access_act_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
