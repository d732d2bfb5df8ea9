"""Events as records: lines and binary records that are laid out once and then stamped."""
