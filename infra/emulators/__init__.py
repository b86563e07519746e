"""What the emulators lack for a whole deployment: the least that makes `chalice deploy` run against them unchanged."""
