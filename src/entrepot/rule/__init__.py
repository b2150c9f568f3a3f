"""Dated, cited rules as data, and their evaluation in three values: yes, no, unknown.

The engine knows no economy and no number from a law; both stand in the packs, each with its source.
"""

from entrepot.rule.evaluation import Answer, Asked, ask
from entrepot.rule.given import Given, read_facts
from entrepot.rule.load import packs, topic, topics
from entrepot.rule.pack import Pack, Rule, Topic

__all__ = ["Answer", "Asked", "Given", "Pack", "Rule", "Topic", "ask", "packs", "read_facts", "topic", "topics"]
