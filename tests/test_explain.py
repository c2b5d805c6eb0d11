"""What changed and why: the parts of a change add up to it, whatever the groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpilib as kl
from kpilib.answers.explain import _of_rate, _of_total, paradox
from kpilib.errors import NoChange, ParameterError, PeriodError, UnknownName
from tests.worked import exactly, rows, stack, times

THEN, NOW = "2026-09-10", "2026-10-10"
DAY = {"as_of": "2026-10-31"}
RATE = ["weight_before", "weight_after", "rate_before", "rate_after", "mix_effect", "rate_effect",
        "effect", "share"]  # fmt: skip


def visits(day, channel, count, engaged):
    columns = "started_at channel engaged_s pageviews key_events"
    return stack(
        times(engaged, columns, day, channel, 60.0, 1, 0),
        times(count - engaged, columns, day, channel, 1.0, 1, 0),
    )


def explained(*parts, kpi="engaged_session_rate", **more):
    asked = {"by": "channel"} | more
    return kl.open({"sessions": stack(*parts)}, **DAY).explain(kpi, "2026-10", **asked)


def by_group(found):
    return found.set_index("group")


class TestRate:
    def test_worked_by_hand(self):
        """Search 60 of 100 engaged, then 60 of 100; ads 10 of 100, then 30 of 300.

        Total 70/200 = 0.35, then 90/400 = 0.225: -0.125, and no channel behaves otherwise.
        Weights 1/2, 1/2, then 1/4, 3/4; the mean level is 0.2875.
        Search: -1/4 x (0.6 - 0.2875) = -0.078125; ads: 1/4 x (0.1 - 0.2875) = -0.046875.
        """
        found = explained(
            visits(THEN, "email", 100, 60), visits(THEN, "display", 100, 10),
            visits(NOW, "email", 100, 60), visits(NOW, "display", 300, 30),
        )  # fmt: skip

        assert found["group"].tolist() == ["email", "display"]
        assert found["mix_effect"].tolist() == exactly([-0.078125, -0.046875])
        assert found["rate_effect"].tolist() == [0, 0]
        assert found["weight_before"].tolist() == [0.5, 0.5]
        assert found["weight_after"].tolist() == [0.25, 0.75]
        assert found["rate_after"].tolist() == exactly([0.6, 0.1])
        assert found["share"].tolist() == exactly([0.625, 0.375])

    def test_only_behaviour_changed(self):
        """0.6 to 0.5 at half of the weight: -0.05; the other channel stays."""
        found = by_group(explained(
            visits(THEN, "email", 100, 60), visits(THEN, "display", 100, 10),
            visits(NOW, "email", 200, 100), visits(NOW, "display", 200, 20),
        ))  # fmt: skip

        assert found.loc["email", "rate_effect"] == exactly(-0.05)
        assert found["mix_effect"].abs().max() < 1e-15
        assert found.loc["display", "effect"] == exactly(0)

    def test_what_is_said_of_the_whole(self):
        found = explained(visits(THEN, "email", 100, 60), visits(NOW, "email", 100, 50))

        assert found.columns.tolist() == ["group", *RATE]
        assert found.attrs == {
            "kpi": "engaged_session_rate", "by": "channel", "unit": "rate", "period": "2026-10",
            "base": "2026-09", "before": 0.6, "after": 0.5, "change": exactly(-0.1),
            "within_noise": True, "paradox": False, "warning": "", "flags": [*found.attrs["flags"]],
        }  # fmt: skip

    def test_a_group_that_comes_or_goes_moves_only_the_mix(self):
        """E-mail 50 of 100 stays; ads 0.1 come, paper 0.9 goes: both at 1/2 of the weight."""
        found = by_group(explained(
            visits(THEN, "email", 100, 50), visits(THEN, "referral", 100, 90),
            visits(NOW, "email", 100, 50), visits(NOW, "display", 100, 10),
        ))  # fmt: skip

        assert found["rate_effect"].tolist() == [0, 0, 0]
        assert np.isnan(found.loc["display", "rate_before"])
        assert np.isnan(found.loc["referral", "rate_after"])
        # mean level (0.7 + 0.3) / 2 = 0.5: half x (0.1 - 0.5), and -half x (0.9 - 0.5)
        assert found.loc["display", "mix_effect"] == exactly(-0.2)
        assert found.loc["referral", "mix_effect"] == exactly(-0.2)

    def test_the_unknown_group_is_kept(self):
        found = explained(
            visits(THEN, "email", 100, 50), visits(THEN, None, 10, 1),
            visits(NOW, "email", 100, 50), visits(NOW, None, 100, 10),
        )  # fmt: skip

        assert set(found["group"]) == {"email", "(unknown)"}
        assert found["effect"].sum() == exactly(found.attrs["change"])

    def test_a_mean_of_cases(self):
        """Pages 10 over 10 sessions, then 30 over 10: all of it one channel's own."""
        columns = "started_at channel pageviews visitor_id"
        found = explained(
            times(10, columns, THEN, "email", 1, "a"), times(10, columns, NOW, "email", 3, "a"),
            kpi="pages_per_session",
        )  # fmt: skip

        assert found.loc[0, "rate_effect"] == 2

    def test_a_cost_without_anybody_is_no_matter_of_mix(self):
        """Ads cost 100 and bring nobody, then 100 and one of two: 50 each, then 50 each."""
        costs = rows(
            "scope_kind scope_id amount_ht incurred_at",
            ("campaign", "ads", 100.0, THEN), ("campaign", "news", 50.0, THEN),
            ("campaign", "ads", 100.0, NOW), ("campaign", "news", 50.0, NOW),
        )  # fmt: skip
        leads = rows(
            "lead_id person_key created_at campaign_id",
            ("1", "a", THEN, "news"), ("2", "b", NOW, "news"), ("3", "c", NOW, "ads"),
        )  # fmt: skip
        found = kl.open({"costs": costs, "leads": leads}, **DAY).explain(
            "cost_per_lead", "2026-10", by="campaign_id"
        )

        assert (found.attrs["before"], found.attrs["after"]) == (150, 75)
        assert by_group(found).loc["ads", "mix_effect"] == 0
        assert found["effect"].sum() == exactly(-75)

    def test_a_net_score(self):
        """NPS of two kinds of customers: 6 of 8 promoters, 2 of 8; then 6 of 8 and none."""
        columns = "survey_id wave respondent_key item_id scale_min scale_max value answered_at"
        kinds = "survey_id wave survey_kind closed_at"
        grades = [(THEN, (9, 9, 9, 7), (9, 7, 7, 7)), (NOW, (9, 9, 9, 7), (7, 7, 7, 7))]  # twice
        answers = [
            ("nps", day[:7], f"{team}{i}", "recommend", 0, 10, float(grade), day, team)
            for day, *teams in grades
            for team, given in zip("AB", teams, strict=True)
            for i, grade in enumerate(given * 2)
        ]
        tables = {
            "survey_responses": rows(f"{columns} group_key", *answers),
            "survey_waves": rows(kinds, *(("nps", d[:7], "nps", d) for d in (THEN, NOW))),
        }
        found = by_group(kl.open(tables, **DAY).explain("nps", "2026-10", by="group_key"))

        assert found.loc["B", "rate_effect"] == exactly(-12.5)  # half of -25 points
        assert found.loc["A", "effect"] == exactly(0)

    def test_groups_of_too_few_people_are_one(self):
        """A of 8, B of 3 and C of 2 customers: B and C, five together, are never told apart."""
        columns = "survey_id wave respondent_key item_id scale_min scale_max value answered_at"
        sizes = {"A": 8, "B": 3, "C": 2}
        answers = [
            ("nps", day[:7], f"{kind}{i}", "recommend", 0, 10, 9.0 if day == THEN else worse, day,
             kind)
            for day in (THEN, NOW)
            for kind, worse in zip(sizes, (9.0, 0.0, 7.0), strict=True)
            for i in range(sizes[kind])
        ]  # fmt: skip
        tables = {
            "survey_responses": rows(f"{columns} group_key", *answers),
            "survey_waves": rows("survey_id wave survey_kind closed_at",
                                 *(("nps", d[:7], "nps", d) for d in (THEN, NOW))),
        }  # fmt: skip
        found = by_group(kl.open(tables, **DAY).explain("nps", "2026-10", by="group_key"))

        assert set(found.index) == {"A", "(small groups)"}
        # from 100 to 8 - 3 of 13: minus 800/13, all of it from the small ones
        assert found["effect"].sum() == exactly(100 * 5 / 13 - 100)
        assert found.loc["A", "effect"] == exactly(0)

    @given(
        st.lists(
            st.tuples(*[st.integers(0, 10_000)] * 4),
            min_size=1,
            max_size=12,
        ).filter(lambda cells: sum(c[1] for c in cells) and sum(c[3] for c in cells))
    )
    def test_parts_add_up_exactly(self, cells):
        """Numerators and denominators of any size, groups on one side only, nothing below."""
        frame = pd.DataFrame(cells, columns=["n0", "d0", "n1", "d1"], dtype=float)
        sides = [
            pd.DataFrame({"above": frame[n], "below": frame[d], "rate": frame[n] / frame[d]})
            for n, d in (("n0", "d0"), ("n1", "d1"))
        ]
        found = _of_rate(*sides)
        totals = [side["above"].sum() / side["below"].sum() for side in sides]
        scale = max(1.0, *totals)

        assert abs(found["effect"].sum() - (totals[1] - totals[0])) < 1e-12 * scale
        assert (found["effect"] == found["mix_effect"] + found["rate_effect"]).all()

    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, 2**32 - 1))
    def test_parts_add_up_through_the_public_interface(self, seed):
        rng = np.random.default_rng(seed)
        channels = rng.choice(["email", "display", "direct", None], 400)
        sessions = pd.DataFrame({
            "started_at": rng.choice([THEN, NOW], 400), "channel": channels,
            "engaged_s": rng.uniform(0, 20, 400), "pageviews": 1, "key_events": 0,
        })  # fmt: skip
        found = explained(sessions)

        assert abs(found["effect"].sum() - found.attrs["change"]) < 1e-12
        assert found["effect"].abs().is_monotonic_decreasing


class TestTotal:
    def test_contributions_and_what_days_make(self):
        """30 in 30 days, then 62 in 31: one a day then two. The day alone: 1 x 1.5 a day."""
        found = explained(
            times(30, "started_at channel", THEN, "email"),
            times(62, "started_at channel", NOW, "email"),
            kpi="sessions",
        )

        row = found.iloc[0]
        assert found.columns.tolist()[1:] == [
            "before", "after", "days_effect", "pace_effect", "effect", "share",
        ]  # fmt: skip
        assert (row["before"], row["after"], row["effect"]) == (30, 62, 32)
        assert (row["days_effect"], row["pace_effect"]) == exactly((1.5, 30.5))

    def test_months_of_one_length_have_no_effect_of_days(self):
        found = explained(
            times(30, "started_at channel", "2025-10-10", "email"),
            times(40, "started_at channel", NOW, "email"),
            kpi="sessions", compare="year_before",
        )  # fmt: skip

        assert found.attrs["base"] == "2025-10"
        assert found["days_effect"].tolist() == [0]

    def test_largest_first_ties_by_name(self):
        found = explained(
            times(5, "started_at channel", NOW, "referral"),
            times(5, "started_at channel", NOW, "email"),
            times(9, "started_at channel", THEN, "direct"),
            kpi="sessions",
        )

        assert found["group"].tolist() == ["direct", "email", "referral"]
        assert found["effect"].tolist() == [-9, 5, 5]

    @given(st.lists(st.tuples(*[st.integers(0, 10**7)] * 2), min_size=1, max_size=12))
    def test_parts_add_up_exactly(self, cells):
        frame = pd.DataFrame(cells, columns=["before", "after"], dtype=float)
        sides = [pd.DataFrame({"value": frame[side]}) for side in frame]
        found = _of_total(*sides, 28, 31)

        assert (found["effect"] == frame["after"] - frame["before"]).all()
        parts = found["days_effect"] + found["pace_effect"]
        assert np.allclose(parts, found["effect"], rtol=1e-12, atol=1e-9)


class TestParadox:
    def test_every_channel_up_and_the_total_down(self):
        """0.10 to 0.11 and 0.01 to 0.02, while the total falls from 0.091 to 0.047 (Simpson)."""
        found = explained(
            visits(THEN, "email", 900, 90), visits(THEN, "display", 100, 1),
            visits(NOW, "email", 300, 33), visits(NOW, "display", 700, 14),
        )  # fmt: skip

        assert (found.attrs["before"], found.attrs["after"]) == (0.091, 0.047)
        assert (found["rate_after"] > found["rate_before"]).all()
        assert found.attrs["paradox"] is True
        assert "Simpson" in found.attrs["warning"]

    def test_when_one_goes_the_way_of_the_total_there_is_none(self):
        found = explained(
            visits(THEN, "email", 900, 90), visits(THEN, "display", 100, 2),
            visits(NOW, "email", 300, 33), visits(NOW, "display", 700, 13),
        )  # fmt: skip

        assert found.attrs["paradox"] is False

    def test_a_group_that_does_not_move_says_nothing(self):
        rates = pd.DataFrame({"rate_before": [0.1, 0.01, 0.0], "rate_after": [0.11, 0.02, 0.0]})

        assert paradox(rates, -0.04)

    def test_one_group_alone_is_no_paradox(self):
        rates = pd.DataFrame({"rate_before": [0.1, np.nan], "rate_after": [0.11, 0.02]})

        assert not paradox(rates, -0.04)


class TestPartial:
    def test_a_month_under_way_is_compared_with_as_many_days(self):
        """Ten days of October against ten of September, one session a day in both."""
        days = pd.concat([
            rows("started_at channel", *((f"2026-{m}-{d:02d}", "email") for d in range(1, last)))
            for m, last in (("09", 31), ("10", 11))
        ])  # fmt: skip
        found = kl.open({"sessions": days}, as_of="2026-10-10").explain(
            "sessions", "2026-10", by="channel"
        )

        assert found.attrs["base"] == "2026-09-01..2026-09-10"
        assert found["effect"].tolist() == found["days_effect"].tolist() == [0]
        assert "partial" in found.attrs["flags"]


class TestRefusals:
    DATA = kl.open({"sessions": visits(NOW, "email", 40, 4)}, **DAY)

    @pytest.mark.parametrize(
        ("kpi", "why"),
        [
            ("unique_visitors", "it counts distinct people or things"),
            ("action_rate", "it counts distinct people or things"),
            ("cta_click_rate", "it counts distinct people or things"),
            ("email_list_size", "it is made of a stock"),
            ("followers", "it is made of a stock"),
            ("follower_growth", "it is itself a share, or the change of a stock"),
            ("lead_to_customer_rate", "it follows people through time"),
            ("absenteeism_rate", "it is about those who work or learn here"),
            ("training_roi", "it is worked out as a whole"),
        ],
    )
    def test_what_does_not_add_up_says_why_and_what_to_do(self, kpi, why):
        with pytest.raises(ParameterError) as caught:
            self.DATA.explain(kpi, "2026-10", by="channel")

        text = str(caught.value)
        assert text.startswith(f"The change of {kpi} cannot be split over groups: {why}")
        assert f"evaluate({kpi!r}, ..., by=..., compare=...)" in text

    def test_an_unknown_column_lists_those_that_can_be_used(self):
        with pytest.raises(ParameterError) as caught:
            self.DATA.explain("engaged_session_rate", "2026-10", by="chanel")

        assert str(caught.value) == (
            "engaged_session_rate cannot be explained by 'chanel'. It can be by: channel."
            " Did you mean 'channel'?"
        )

    @pytest.mark.parametrize("by", ["visitor_id", "session_id", "started_at", "engaged_s"])
    def test_people_rows_and_amounts_are_no_groups(self, by):
        sessions = visits(NOW, "email", 4, 4).assign(visitor_id="a", session_id="1")
        with pytest.raises(ParameterError, match="It can be by: channel."):
            kl.open({"sessions": sessions.drop_duplicates()}, **DAY).explain(
                "engaged_session_rate", "2026-10", by=by
            )

    def test_without_an_earlier_figure_there_is_no_change(self):
        with pytest.raises(NoChange) as caught:
            self.DATA.explain("engaged_session_rate", "2026-10", by="channel")

        assert str(caught.value) == (
            "engaged_session_rate has no figure for 2026-09, so that there is no change to"
            " explain: There is no data for this period."
        )

    def test_a_missing_table_is_named(self):
        with pytest.raises(NoChange, match="Missing table: leads"):
            self.DATA.explain("leads", "2026-10", by="channel")

    @pytest.mark.parametrize(
        ("asked", "error"),
        [
            (("bounce_rat", "2026-10", "channel"), UnknownName),
            (("bounce_rate", "2026-13", "channel"), PeriodError),
            (("bounce_rate", "2026-10", "channel", "last"), ParameterError),
        ],
    )
    def test_wrong_names_are_refused_as_elsewhere(self, asked, error):
        with pytest.raises(error):
            self.DATA.explain(*asked)


class TestItemsOfASurvey:
    """Five people answer two waves; a third item falls from 4 to 2, the two others stay at 4."""

    def company(self, hole=None):
        values = [
            ("g", wave, f"R{who}", item, about, None if (who, item) == hole else float(value), at)
            for wave, at, grades in (("1", "2024-06-10", (4, 4, 4)), ("2", "2025-06-10", (4, 4, 2)))
            for who in range(6)
            for item, about, value in zip(("a", "b", "c"), ("x", "x", "y"), grades, strict=True)
        ]
        return kl.open(
            {
                "survey_responses": rows(
                    "survey_id wave respondent_key item_id dimension value answered_at", *values
                ),
                "survey_waves": rows(
                    "survey_id wave survey_kind invited_n closed_at",
                    ("g", "1", "engagement", 9, "2024-06-20"),
                    ("g", "2", "engagement", 9, "2025-06-20"),
                ),
            },
            as_of="2025-06-30",
        )

    def why(self, by, **more):
        found = self.company(**more).explain(
            "engagement_survey_score", "2025-06", by=by, compare="year_before"
        )
        return found.set_index("group")["effect"].to_dict(), found.attrs

    def test_the_item_that_fell_explains_the_fall(self):
        # 4 to 10/3: a third of -2
        effects, told = self.why("item_id")

        assert (told["before"], told["after"]) == (4, exactly(10 / 3))
        assert effects == {"c": exactly(-2 / 3), "a": 0, "b": 0, "(missing answers)": exactly(0.0)}

    def test_a_dimension_weighs_as_many_items_as_it_has(self):
        effects, _ = self.why("dimension")

        assert effects["y"] == exactly(-2 / 3)

    def test_what_holes_leave_is_said(self):
        # R0 has not answered c: below 80 %, out of the index but not of the items
        effects, told = self.why("item_id", hole=(0, "c"))

        assert sum(effects.values()) == exactly(told["change"])

    def test_by_nothing_else(self):
        with pytest.raises(ParameterError, match="dimension or item_id|dimension, item_id"):
            self.why("team")
