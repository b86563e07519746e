"""The local cloud: an engine, the stack's resources in it, a gateway before the app and a pump behind it."""
