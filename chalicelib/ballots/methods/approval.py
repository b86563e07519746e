"""Approval: any number of options, or at most the feature's budget; most approvals first.

Source: Brams and Fishburn, *Approval Voting*, 1978.
"""

from typing import Any

from chalicelib.ballots.methods.choices import add, are_its_own, figures, standing, width
from chalicelib.campaigns.model import Feature

__all__ = ["add", "figures", "problem", "standing", "width"]


def problem(feature: Feature, vote: Any, voter: str) -> str | None:
    if not are_its_own(feature, vote):
        return "takes a list of its own options, each at most once"
    if feature.budget is not None and len(vote) > feature.budget:
        return f"takes at most {feature.budget} approvals"
    return None
