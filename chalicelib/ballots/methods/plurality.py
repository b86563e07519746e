"""Plurality: one option a ballot, most ballots first."""

from typing import Any

from chalicelib.ballots.methods.choices import add, are_its_own, figures, standing, width
from chalicelib.campaigns.model import Feature

__all__ = ["add", "figures", "problem", "standing", "width"]


def problem(feature: Feature, vote: Any, voter: str) -> str | None:
    return None if are_its_own(feature, vote) and len(vote) == 1 else "takes exactly one of its own options"
