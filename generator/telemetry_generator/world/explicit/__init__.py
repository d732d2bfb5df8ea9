"""The explicit topology: from its configuration to numbered operations that call one another."""
