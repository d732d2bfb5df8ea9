"""Events as they stand in a block: what they say, and where the values are that change."""
