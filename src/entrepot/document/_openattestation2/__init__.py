"""OpenAttestation 2.0 documents (TradeTrust, OpenCerts before 2024): read and held to their hash, never issued.

A wrapped document carries its salted content in ``data`` and a hash of it in ``signature``. The hash is what a
document store or token registry on an Ethereum-compatible chain issues; the document itself is signed by nobody. So
its integrity can be judged from the file alone, and who issued it cannot: :mod:`.issuance` says what a verifier must
bring along.
"""
