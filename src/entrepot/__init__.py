"""Entrepot: one cross-border sale, from order to paid, cleared and counted, verifiable end to end."""

__version__ = "0.1.0"
