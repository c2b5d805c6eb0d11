"""What a company decides once and its figures depend on: company.yaml's ``assumptions``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, field_validator

EngagementPart = Literal["recency", "frequency", "interactions", "nps"]


class Assumptions(BaseModel):
    """Choices that are part of a definition; changing one breaks the series it belongs to.

    Parameters
    ----------
    engaged_seconds : int
        A session that lasts longer is engaged: 10 to 60, as the tool of the web audience has it.
        Sums of sessions that it exports keep the threshold that is set there.
    home_country : str
        ISO code of the home market; sessions from elsewhere are foreign.
    customer_days : int
        Days after an order during which someone counts as a customer.
    gross_margin : float or None
        Share of revenue kept, where orders do not say their margin.
    yearly_discount_rate : float
        What a euro of next year is worth less than one of today.
    contribution_weights : dict of str to float
        What each kind of act is worth when contributors are ranked.
    super_user_share, super_user_acts
        Who may count as a super-user: the top share of contributors, with so many acts at least.
    engagement_weights : dict of str to float
        Weights of the parts of the customer engagement score; a part that is not named has none.
    flow_samples : int
        Moments that somebody has to tell of before their share of time in flow counts.
    theme_severity : dict of str to float
        How grave a theme of complaint is; 1 where nothing is said.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    engaged_seconds: int = Field(default=10, ge=10, le=60)
    home_country: str = Field(default="FR", pattern=r"^[A-Z]{2}$")
    customer_days: int = Field(default=365, ge=1)
    gross_margin: float | None = Field(default=None, gt=0, le=1)
    yearly_discount_rate: float = Field(default=0.0, ge=0, lt=1)
    contribution_weights: dict[str, float] = Field(
        default_factory=lambda: {"post": 5, "question": 5, "answer": 5, "comment": 2, "reaction": 1}
    )
    super_user_share: float = Field(default=0.01, gt=0, lt=1)
    super_user_acts: int = Field(default=10, ge=1)
    engagement_weights: dict[EngagementPart, NonNegativeFloat] = Field(
        default_factory=lambda: {"recency": 1, "frequency": 1, "interactions": 1, "nps": 1}
    )
    flow_samples: int = Field(default=10, ge=1)
    theme_severity: dict[str, NonNegativeFloat] = Field(default_factory=dict)

    @field_validator("engagement_weights")
    @classmethod
    def _some_weight(cls, weights: dict[EngagementPart, float]) -> dict[EngagementPart, float]:
        if not any(weights.values()):
            raise ValueError("no part of the engagement score has a weight: give one of them 1")
        return weights
