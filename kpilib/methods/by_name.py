"""Every method by the name that a definition gives it.

The functions are named here and not in the definitions: they bring pandas and scipy along, and
the catalogue is listed without these.
"""

from __future__ import annotations

from collections.abc import Callable

from kpilib.engine.outcome import Outcome
from kpilib.methods.association import hours_and_change
from kpilib.methods.beyond_trend import beyond_the_line
from kpilib.methods.call import Call
from kpilib.methods.campaigns import attributed_return, campaign_uplift
from kpilib.methods.conversion import conversion
from kpilib.methods.estimates import estimated_gain
from kpilib.methods.event_study import first_lasting_effect
from kpilib.methods.flow import flow_share
from kpilib.methods.hashtags import hashtags
from kpilib.methods.improvements import effect_of_improvements
from kpilib.methods.key_results import (
    goal_attainment,
    key_result_pace,
    key_result_score,
    key_result_verdict,
)
from kpilib.methods.lifetime import lifetime_value
from kpilib.methods.measurements import (
    difference_in_differences,
    paired_gain,
    paired_scores,
    raw_change,
)
from kpilib.methods.members import contributions, exchanges, visit_days
from kpilib.methods.network import network_concentration, network_density, network_isolation
from kpilib.methods.objective_scores import objective_reached, objective_score
from kpilib.methods.participation import participation
from kpilib.methods.payback import payback_period
from kpilib.methods.promoters import high_potential_promoters
from kpilib.methods.resolution import median_resolution_time, resolution_time
from kpilib.methods.returns import benefit, benefit_cost_ratio, return_on_investment
from kpilib.methods.rubric import content_rubric
from kpilib.methods.scoring import score_distribution
from kpilib.methods.segments import engagement_segments
from kpilib.methods.super_users import super_users
from kpilib.methods.survey import survey_index
from kpilib.methods.themes import feedback_themes, recurrent_themes
from kpilib.period import Period

Answer = dict[tuple[Period, str], Outcome]

METHODS: dict[str, Callable[[Call], Answer]] = {
    each.__name__: each
    for each in (
        campaign_uplift,
        score_distribution,
        hashtags,
        attributed_return,
        lifetime_value,
        participation,
        contributions,
        visit_days,
        exchanges,
        conversion,
        content_rubric,
        super_users,
        recurrent_themes,
        feedback_themes,
        resolution_time,
        median_resolution_time,
        high_potential_promoters,
        engagement_segments,
        network_isolation,
        network_concentration,
        network_density,
        survey_index,
        flow_share,
        paired_scores,
        paired_gain,
        raw_change,
        difference_in_differences,
        beyond_the_line,
        estimated_gain,
        first_lasting_effect,
        hours_and_change,
        benefit,
        return_on_investment,
        benefit_cost_ratio,
        payback_period,
        effect_of_improvements,
        key_result_score,
        goal_attainment,
        key_result_pace,
        key_result_verdict,
        objective_score,
        objective_reached,
    )
}
