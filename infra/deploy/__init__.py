"""Deploying a stage: `make deploy` and `make destroy`."""
