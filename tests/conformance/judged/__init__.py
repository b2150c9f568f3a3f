"""What the public suites need: working copies (``workshop``), a node (``stand``), settings (``wiring``), a verdict."""
