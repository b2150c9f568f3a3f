"""The drawn state machine comes from the table."""

from entrepot.sale.picture import diagram, transitions


def test_the_picture_shows_the_way_to_counted() -> None:
    met = set(transitions())
    for step in [
        ("unknown", "order", "ordered"),
        ("ordered", "order-response/accept", "accepted"),
        ("accepted", "invoice", "invoiced"),
        ("invoiced", "hand-over/dispatch", "in_transit"),
        ("paid", "count", "counted"),
        ("ordered", "order-response/reject", "rejected"),
    ]:
        assert step in met
    assert not any(before == "cancelled" and after not in ("disputed",) for before, _, after in met)


def test_it_is_mermaid() -> None:
    lines = diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert all(" --> " in each and " : " in each for each in lines[1:])
    assert "    [*] --> ordered : order" in lines
