"""A community of nodes in one process, driven by one seed: clock, network and crashes; what parties do; what holds."""
