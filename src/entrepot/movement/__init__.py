"""Movement: what happened to a consignment, when, where, and who handed it to whom (GS1 EPCIS 2.0)."""
