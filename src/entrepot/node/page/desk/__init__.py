"""Desks of agencies: each a queue of cases, found in the records, and the decisions that a person takes on them.

A desk is one package here, which makes a :class:`~entrepot.node.page.desk.desk.Desk`, and its line in ``listing``.
"""
