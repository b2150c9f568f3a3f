"""Pages of offers: found by anybody, made and withdrawn by sellers, ordered from by buyers."""
