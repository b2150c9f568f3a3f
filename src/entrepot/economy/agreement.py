"""The forums and agreements that every file answers for, by their short names."""

AGREEMENTS: dict[str, str] = {
    "APEC": "Asia-Pacific Economic Cooperation",
    "ASEAN": "Association of Southeast Asian Nations",
    "ATIGA": "ASEAN Trade in Goods Agreement",
    "RCEP": "Regional Comprehensive Economic Partnership Agreement",
    "CPTPP": "Comprehensive and Progressive Agreement for Trans-Pacific Partnership",
    "ACFTA": "ASEAN-China Free Trade Area",
    "AANZFTA": "Agreement Establishing the ASEAN-Australia-New Zealand Free Trade Area",
    "AHKFTA": "ASEAN-Hong Kong, China Free Trade Agreement",
    "DEPA": "Digital Economy Partnership Agreement",
    "GCBPR": "Global Cross-Border Privacy Rules Forum",
    "CPTA": "Framework Agreement on Facilitation of Cross-border Paperless Trade in Asia and the Pacific",
    "WTO": "World Trade Organization",
}
"""Short name to full title."""
