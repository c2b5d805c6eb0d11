"""What there is to find in the sample company is there, and data/README.md quotes it rightly."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import kpilib as kl
from data.sample_company.stories import STORIES
from kpilib.topics.catalogue import catalogue
from tests.sample_figures import (
    SAMPLE,
    TEAM,
    absenteeism,
    emails,
    engagement,
    enps,
    headcount,
    list_size,
    month,
    organic_posts,
    pooled_rate,
    questions,
    recommendation,
    resignations,
    share_of_answers,
    study,
    table,
    tickets,
    visits,
)

BAD_CAMPAIGN = "display_notoriete_2026"
VIRAL = "b0701"
README = (SAMPLE.parent / "README.md").read_text(encoding="utf-8")


def quoted(*figures: str) -> bool:
    """Return whether a line of the README holds all these figures, in this order."""
    for line in README.splitlines():
        rest = line
        for figure in figures:
            _, found, rest = rest.partition(figure)
            if not found:
                break
        else:
            return True
    return False


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


class TestCampaignWithoutLeads:
    def test_many_visits_and_almost_no_lead(self):
        seen = visits("2026-10").filter(pl.col("campaign_id") == BAD_CAMPAIGN)
        assert seen.height > 2500 and seen["lead"].sum() <= 5
        figures = (f"{seen.height:,}", f"{seen['lead'].sum()}", percent(seen["lead"].mean(), 2))
        assert quoted("display only", *figures, percent(seen["bounced"].mean()))

    def test_none_was_qualified(self):
        leads = table("leads").filter(pl.col("campaign_id") == BAD_CAMPAIGN)
        assert leads["qualified_at"].is_null().all()

    def test_the_rest_converts_as_before(self):
        before, now = visits("2025-10"), visits("2026-10")
        rest = now.filter(pl.col("channel") != "display")
        assert now["lead"].mean() < 0.6 * before["lead"].mean()
        assert rest["lead"].mean() == pytest.approx(before["lead"].mean(), abs=0.004)
        for rows in (before, now, rest):
            figures = (f"{rows.height:,}", str(rows["lead"].sum()), percent(rows["lead"].mean(), 2))
            assert quoted(*figures, percent(rows["bounced"].mean()))

    def test_it_is_paid_for(self):
        cost = table("costs").filter(pl.col("scope_id") == BAD_CAMPAIGN)["amount_ht"].sum()
        assert f"cost {cost:,.0f} EUR" in README


class TestListThatStopsReading:
    MONTHS = ("2024-10", "2025-10", "2026-04", "2026-10")

    def test_trackable_opens_fall_while_the_list_and_raw_opens_grow(self):
        rates = [emails(name) for name in self.MONTHS[1:]]
        falling = [rate["trackable"] for rate in rates]
        assert falling == sorted(falling, reverse=True) and falling[0] - falling[-1] > 0.06
        assert [r["raw"] for r in rates] == sorted(r["raw"] for r in rates)
        assert list_size("2026-10") > 1.4 * list_size("2025-10")

    def test_quoted(self):
        rates = [emails(name) for name in self.MONTHS]
        assert quoted(*(f"{list_size(name):,}" for name in self.MONTHS))
        for name, digits in (
            ("trackable", 1), ("raw", 1), ("proxied", 1), ("click", 1), ("unsubscribe", 2),
        ):  # fmt: skip
            assert quoted(*(percent(rate[name], digits) for rate in rates)), name


class TestTeamThatIsLeaving:
    def test_resignations(self):
        assert headcount(date(2026, 3, 31))[TEAM] == 10
        assert headcount(date(2026, 10, 31))[TEAM] == 7
        assert resignations(TEAM, date(2026, 4, 1), date(2026, 10, 31)) == 5
        others = [team for team in headcount(date(2026, 10, 31)) if team != TEAM]
        assert sum(resignations(t, date(2025, 11, 1), date(2026, 10, 31)) for t in others) == 2

    @pytest.mark.parametrize("wave", ["2025-10", "2026-04", "2026-07", "2026-10"])
    def test_surveys_are_quoted(self, wave):
        score, answers = enps(wave, TEAM)
        figures = (f"{score:.0f}", str(answers), f"{engagement(wave, TEAM):.2f}")
        assert quoted(f"| {wave}", *figures, f"{enps(wave)[0]:.0f} |")

    def test_scores_fall_there_and_not_in_the_company(self):
        assert enps("2025-10", TEAM)[0] > 0 > -50 > enps("2026-10", TEAM)[0]
        assert engagement("2026-10", TEAM) < engagement("2025-10", TEAM) - 1
        assert abs(enps("2026-10")[0] - enps("2025-10")[0]) < 10

    def test_absence(self):
        before = absenteeism("2025-04", "2025-10", TEAM)
        now = absenteeism("2026-04", "2026-10", TEAM)
        october = absenteeism("2026-10", "2026-10", TEAM)
        assert now > 3 * before
        assert quoted(percent(before), percent(now), percent(october))

    def test_a_team_too_small_to_show(self):
        sizes = headcount(date(2026, 10, 31))
        assert [team for team, size in sizes.items() if size < 5] == ["direction"]
        answers = [enps("2026-10", team)[1] for team in sizes]
        assert sum(count < 5 for count in answers) == 3

    def test_a_wave_that_few_answered(self):
        waves = table("survey_waves").filter(pl.col("survey_id") == "enps")
        invited = dict(waves.group_by("wave").agg(pl.sum("invited_n")).rows())
        rates = {wave: enps(wave)[1] / size for wave, size in invited.items()}
        assert [wave for wave, rate in rates.items() if rate < 0.5] == ["2025-07"]
        assert f"response rate of {100 * rates['2025-07']:.0f} %" in README


class TestTrainings:
    STUDIES = ("tr_2602_prospection", "tr_2603_ia_dossiers", "tr_2503_fidelisation")

    def test_one_paid_with_margin(self):
        found = study("tr_2602_prospection")
        assert found["low"] > 0 and found["roi_low"] > 0.2 and found["before_months"] >= 4

    def test_one_only_looked_as_if(self):
        found = study("tr_2603_ia_dossiers")
        assert found["naive_roi"] > 0.3 and found["roi"] < -0.5
        assert found["low"] < 0 < found["high"]
        assert found["control"] > 0.8 * found["treated"]

    def test_liking_does_not_tell(self):
        answers = table("survey_responses").filter(
            pl.col("survey_id") == "tr_2603_ia_dossiers", pl.col("wave") == "end"
        )
        assert f"{100 * (answers['value'] >= 4).mean():.0f} % of the answers" in README

    def test_quoted(self):
        found = [study(name) for name in self.STUDIES]
        for name in ("treated", "control"):
            assert quoted(*(f"+{each[name]:.2f}" for each in found))
        assert quoted(*(
            f"{e['effect']:.2f} [{e['low']:.2f}; {e['high']:.2f}]" if e["teams"] >= 10
            else f"{e['effect']:.2f}, {e['teams']} teams are too few" for e in found
        ))  # fmt: skip
        for name in ("cost", "benefit"):
            assert quoted(*(f"{each[name]:,.0f} EUR" for each in found))
        for name in ("roi", "naive_roi"):
            assert quoted(*(f"{100 * each[name]:.0f} %" for each in found))


class TestViralPost:
    @pytest.fixture
    def october(self):
        return organic_posts("2026-10")

    def test_seen_by_everybody_and_engaging_nobody(self, october):
        viral = october.filter(pl.col("post_id") == VIRAL)
        rest = october.filter(pl.col("post_id") != VIRAL)
        assert viral["impressions"].item() > 50 * rest["impressions"].median()
        assert pooled_rate(viral) < 0.005 < 0.035 < pooled_rate(rest)
        assert pooled_rate(october) < 0.25 * pooled_rate(organic_posts("2025-10"))

    def test_quoted(self, october):
        rest = october.filter(pl.col("post_id") != VIRAL)
        posts = (organic_posts("2025-10"), october, rest)
        assert quoted(*(percent(pooled_rate(each), 2) for each in posts))
        acts = [each["reactions"] + each["comments"] + each["shares"] for each in posts]
        assert quoted("reactions, comments, shares", *(f"{each.sum():,}" for each in acts))

    def test_no_follower_and_no_visit_after(self):
        before = (date(2026, 9, 22), date(2026, 10, 5))
        after = (date(2026, 10, 6), date(2026, 10, 19))
        daily = table("social_daily").filter(pl.col("network") == "linkedin")
        local = pl.col("started_at").dt.convert_time_zone("Europe/Paris").dt.date()
        posts = table("sessions").filter(
            pl.col("channel") == "organic_social", pl.col("source") == "linkedin"
        )
        new = [daily.filter(pl.col("date").is_between(*days))["new_followers"].sum()
               for days in (before, after)]  # fmt: skip
        seen = [posts.filter(local.is_between(*days)).height for days in (before, after)]
        assert new[1] < 1.2 * new[0] and seen[1] < 1.2 * seen[0]
        assert f"before and after: {new[0]} and {new[1]}." in README
        assert f"LinkedIn posts: {seen[0]} and {seen[1]}." in README


class TestRecommendationUnderAnAverage:
    WAVES = ("2025-10", "2026-07", "2026-10")

    def test_individuals_fall_and_the_average_holds(self):
        total, own, firms = (
            [recommendation(wave, kind)[0] for wave in self.WAVES]
            for kind in (None, "individual", "RH")
        )
        assert own[-1] < own[0] - 60 and firms[-1] > firms[0] + 20
        assert abs(total[-1] - total[0]) < 8

    def test_quoted(self):
        for name, kind in (("all customers", None), ("individual", "individual"), ("RH", "RH")):
            found = [recommendation(wave, kind) for wave in self.WAVES]
            assert quoted(f"| {name} |", *(f"{score:.0f} ({count})" for score, count in found))

    def test_the_dimension_explains_it(self):
        parts = kl.open(SAMPLE).explain("nps", "2026-10", by="customer_kind", compare="year_before")
        effect = parts.set_index("group")["effect"]
        assert effect["individual"] < -15 and effect["RH"] > 15
        assert effect.sum() == pytest.approx(parts.attrs["change"])

    def test_kinds_are_those_of_the_customers(self):
        kinds = table("customers").select(respondent_key="customer_id", own="customer_kind")
        answers = table("survey_responses").filter(pl.col("survey_id") == "nps")
        both = answers.join(kinds, on="respondent_key", how="left")
        assert (both["group_key"] == both["own"]).all()


class TestRequestsThatStayOpen:
    MONTHS = ("2025-10", "2026-09", "2026-10")

    def test_the_mean_improves_while_requests_wait(self):
        before, _, now = (tickets(name) for name in self.MONTHS)
        assert now["mean"] < before["mean"]
        assert now["resolved"] < 0.5 * now["opened"] and before["resolved"] == before["opened"]
        assert now["half"] is None and before["half"] < 24

    def test_quoted(self):
        found = [tickets(name) for name in self.MONTHS]
        assert quoted("| requests |", *(f" {each['opened']} " for each in found))
        assert quoted("| complaints |", *(f" {each['complaints']} " for each in found))
        assert quoted("| resolved by 31", *(f" {each['resolved']} " for each in found))
        assert quoted("| mean time", *(f"{each['mean']:.0f} h" for each in found))
        halves = [f"{e['half']:.0f} h" if e["half"] else "not yet" for e in found]
        assert quoted("| half of all", *halves)

    def test_complaints_wait_and_simple_requests_do_not(self):
        asked = month("opened_at").is_between(pl.lit("2026-05"), pl.lit("2026-10"))
        rows = table("support_tickets").filter(asked)
        left = dict(
            rows.group_by("kind")
            .agg(pl.concat_list(pl.col("resolved_at").null_count(), pl.len())).rows()
        )  # fmt: skip
        assert quoted(f"of the {left['complaint'][1]} complaints of May to")
        waiting = (f"{left['complaint'][0]} are still open", f"and {left['simple'][0]} of the")
        assert quoted(*waiting, f"{left['simple'][1]} simple requests")

    def test_slowness_is_what_they_write_about(self):
        slow = table("texts").filter(pl.col("themes").str.contains("lenteur"))
        count = [
            slow.filter(
                month("ts").is_between(pl.lit(f"{year}-05"), pl.lit(f"{year}-10"))
            ).height
            for year in (2025, 2026)
        ]  # fmt: skip
        assert count[1] > 4 * count[0]
        assert quoted(f"in {count[1]} texts") and quoted(f"{count[0]} over the same months")


class TestClubThatOneMemberCarried:
    SPANS = (("2026-04", "2026-06"), ("2026-07", "2026-10"))

    def test_answers_come_later_and_fewer(self):
        before, now = (questions(*span) for span in self.SPANS)
        assert now["answered"].mean() < before["answered"].mean() - 0.25
        assert now["hours"].median() > 5 * before["hours"].median()

    def test_quoted(self):
        found = [questions(*span) for span in self.SPANS]
        assert quoted("| questions at least", *(f" {each.height} " for each in found))
        assert quoted("| answered within", *(f"{100 * e['answered'].mean():.0f} %" for e in found))
        assert quoted("| first answer", *(f"{each['hours'].median():.1f} h" for each in found))
        helper, share = share_of_answers(*self.SPANS[0])
        later = share_of_answers(*self.SPANS[1])
        assert later[0] == helper
        assert quoted(f"`{helper}` gave {100 * share:.0f} % of the members' answers")
        shares = (f"{100 * share:.0f} %", f"{100 * later[1]:.0f} %")
        assert quoted("| answers of the first helper", *shares)


class TestAlso:
    def test_search_improves(self):
        rows = table("acquisition_daily").filter(pl.col("platform") == "search_console")
        by_month = rows.group_by(month=pl.col("date").dt.strftime("%Y-%m")).agg(
            pl.sum("sum_position") / pl.sum("impressions")
        )
        position = dict(by_month.rows())
        assert position["2026-10"] < position["2026-06"] < position["2026-01"] < 15
        assert f"position {position['2026-01']:.1f} in January" in README
        assert f"position reaches {position['2026-10']:.1f} in October" in README

    def test_bounce_differs_by_channel(self):
        rates = visits("2026-10").group_by("channel").agg(pl.mean("bounced"))
        rate = dict(rates.rows())
        assert rate["email"] < rate["organic_social"] - 0.1 < rate["display"] - 0.4
        named = ("email", "referral", "organic_search", "organic_social", "display")
        assert quoted("Bounce by channel", *(f"{100 * rate[name]:.0f} %" for name in named))

    def test_the_best_button_is_best_by_chance_only(self):
        events = table("web_events").filter(month("ts") == "2026-10")
        seen = {
            kind: dict(
                events.filter(pl.col("event_name") == kind)
                .group_by("cta_id").agg(pl.n_unique("session_id")).rows()
            )
            for kind in ("cta_view", "cta_click")
        }  # fmt: skip
        rate = {name: seen["cta_click"][name] / n for name, n in seen["cta_view"].items()}
        assert (
            max(rate, key=rate.get) == "cta_simulateur" and seen["cta_view"]["cta_simulateur"] < 30
        )
        others = {name: value for name, value in rate.items() if name != "cta_simulateur"}
        assert max(others, key=others.get) == "cta_guide" and seen["cta_view"]["cta_guide"] > 500


def test_every_cut_that_a_kpi_declares_is_one():
    data = kl.open("data/sample")
    declared = [(each.id, by) for each in catalogue().values() for by in each.cuts]

    assert len(declared) > 15
    for kpi_id, by in declared:
        assert data.evaluate(kpi_id, "2026-10", by=by)[by].notna().all()


class TestTeamThatIsHurried:
    """More on time and worse: one alone tells half."""

    def duties(self, team, since, until, kind="project"):
        day = pl.col("due_at").is_between(since, until)
        return table("work_items").filter(pl.col("kind") == kind, pl.col("team") == team, day)

    def test_on_time_and_worse(self):
        whom, since = STORIES["hurry"].whom, STORIES["hurry"].since
        before = self.duties(whom, date(2025, 4, 1), date(2026, 3, 31))
        after = self.duties(whom, since, date(2026, 10, 31))
        on_time = (pl.col("done_at") <= pl.col("due_at")).fill_null(False).mean()
        assert after.select(on_time).item() > before.select(on_time).item() + 0.15
        assert after["quality_score"].mean() < before["quality_score"].mean() - 0.8

    def test_objectives_that_are_set_low_are_reached(self):
        low = STORIES["low_aims"]
        own = self.duties(low.whom, low.since, date(2026, 10, 31), "objective")
        others = table("work_items").filter(
            pl.col("kind") == "objective", pl.col("team") != low.whom
        )
        assert own["target"].mean() < 0.7 * others["target"].mean()

    def test_interviews_are_not_held_before_people_leave(self):
        team = STORIES["no_interviews"].whom
        own = self.duties(team, date(2025, 11, 1), date(2026, 10, 31), "interview")
        assert (own.height, own["done_at"].drop_nulls().len()) == (18, 2)

    def test_most_colleagues_who_apply_are_of_one_team(self):
        away = STORIES["wants_away"]
        staff = dict(table("employees").select("employee_id", "team").iter_rows())
        inside = table("applications").filter(
            pl.col("candidate_kind") == "internal", pl.col("applied_at") >= away.since
        )
        of_team = [who for who in inside["employee_id"] if staff[who] == away.whom]
        assert len(of_team) > inside.height / 3  # of 60 people nine are in it
