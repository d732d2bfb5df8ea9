"""Records of one JSON object each: what tells the dialects apart."""
