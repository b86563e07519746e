"""The HTTP API as its callers meet it: every route, asked by everybody, with everything."""
