"""The house rules: habits of this code base that a tool can see. ``tests/house`` runs them, and plants violations.

Every rule is a function from a :class:`~house.tree.Tree` to the list of what it found, each with its place.
Exceptions stand in ``tests/house/allowed.toml``, each with a reason; none may grow, and none may outlive its cause.
"""
