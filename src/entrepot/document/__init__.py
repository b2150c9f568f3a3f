"""Trade documents: what each kind holds, the syntaxes it is written in, and how it is secured and verified."""
