"""What Groundswell runs on: the stack that a deployment creates, and the local cloud that stands in for it."""
