"""Who: identifiers, keys, decentralized identifiers, trust anchors. Knows nothing of documents."""
