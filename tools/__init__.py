"""Command lines around Groundswell: the replay of real input, the registry of manufacturers, the API's description."""
