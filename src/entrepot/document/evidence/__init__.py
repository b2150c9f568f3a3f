"""Evidence that a document existed at a moment: receipts of logs, with what
peers cosigned, time-stamp tokens, counter-signatures.

What a signer says of the time (``created``, ``iat``) is a claim. Evidence is somebody else's word, and counts where the
verifier has named that somebody: see ``sighting``. ``read`` tells the kinds apart.
"""
