"""Accounts of people: who they are, for which parties they act, and what they did."""
