"""Takes blocks, waits until they are due and sees them delivered."""
