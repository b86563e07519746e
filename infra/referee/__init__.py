"""The referee: AWS's own DynamoDB Local, which the stores and journeys are tested against (docs/decisions/0010)."""
