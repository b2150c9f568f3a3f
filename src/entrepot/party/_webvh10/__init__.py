"""did:webvh 1.0 (Decentralized Identity Foundation): an identifier on the web with a history that can be verified.

``address`` takes the identifier apart; ``entry`` hashes and proves one entry; ``parameter`` says what an entry may
state; ``history`` checks a whole log; ``witness`` the approvals beside it; ``write`` makes logs; ``web`` the did:web
that is served in parallel; ``fault`` lists every code with its reason. No clock, no network, no files.
"""
