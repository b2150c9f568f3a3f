"""The generated part of the documentation: everything that the code itself can tell, so that it cannot grow stale."""
