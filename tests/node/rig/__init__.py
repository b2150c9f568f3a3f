"""Nodes for tests: one inside this process (``inside``), real ones as processes of their own (``outside``)."""
