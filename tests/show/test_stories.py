"""What a page says beyond targets and news, each rule on a frame counted by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import ParameterError
from kpilib.show.findings import dominated, driven_by, not_judged, not_ripe, one_group, since_when
from kpilib.show.lead import sentences
from kpilib.topics.catalogue import kpi
from tests.worked import rows


@pytest.fixture(autouse=True)
def _english_afterwards():
    yield
    write_for("en")


def months(values, **more):
    periods = pd.period_range("2026-01", periods=len(values), freq="M")
    return pd.DataFrame({"period": periods.astype(str), "value": values, "unit": "rate"}).assign(
        **more
    )


class TestSinceWhen:
    # Six months of 20 to 25 %, then three of 15 to 17 %: below 20 % since July.
    FELL = [0.22, 0.20, 0.25, 0.21, 0.24, 0.23, 0.15, 0.17, 0.16]

    def test_the_level_broke(self):
        assert since_when(months(self.FELL)) == "Since July 2026 it has stayed below 20.0\u00a0%."

    def test_upwards_and_in_french(self):
        write_for("fr")
        rises = months([1 - each for each in self.FELL])

        assert since_when(rises) == (
            "Depuis juillet 2026, la valeur reste au-dessus de 80,0\u00a0%."
        )

    @pytest.mark.parametrize("values", [
        [0.22, 0.20, 0.25, 0.21, 0.24, 0.23, 0.15, 0.22, 0.16],  # one came back
        [0.22, 0.20, 0.25, 0.21, 0.23, 0.15, 0.17, 0.16],  # five before are too few
        [0.22, 0.20, 0.25, 0.21, 0.24, 0.23, 0.24, 0.15, 0.16],  # two are too few
    ])  # fmt: skip
    def test_it_did_not(self, values):
        assert since_when(months(values)) == ""

    def test_a_month_without_figure_is_none(self):
        values = [*self.FELL[:6], None, *self.FELL[6:]]

        assert since_when(months(values)) == "Since August 2026 it has stayed below 20.0\u00a0%."

    def test_a_stock_that_grows_is_no_news(self):
        assert since_when(months(self.FELL, opening=1.0)) == ""


def by_team(*rows):
    names = ["kpi", "label", "team", "value", "ci_low", "ci_high", "unit", "status"]
    return pd.DataFrame([(*row, "ok") for row in rows], columns=names)


class TestOneGroup:
    KPIS = {each: kpi(each) for each in ("engagement_survey_score", "absenteeism_rate", "enps")}
    WHOLE = pd.DataFrame(
        {"kpi": list(KPIS), "value": [3.6, 0.07, 10.0]}  # all of them, whatever the team
    )
    SCORE = ("engagement_survey_score", "Engagement score")
    HOURS = ("absenteeism_rate", "Absenteeism rate")

    def stories(self, *rows):
        return [each.text for each in one_group(self.KPIS, [("team", by_team(*rows))], self.WHOLE)]

    def test_two_figures_of_one_team_are_one_sentence(self):
        # "care" is 2.6 at most, below 3.6, and absent 15 % at least, above 7 %.
        found = self.stories(
            (*self.SCORE, "care", 2.4, 2.2, 2.6, "score"),
            (*self.HOURS, "care", 0.2, 0.15, 0.25, "rate"),
            (*self.SCORE, "sales", 3.7, 3.5, 3.9, "score"),
            (*self.HOURS, "sales", 0.06, 0.04, 0.08, "rate"),
        )

        assert found == [
            "Care, worse than the whole: engagement score 2.4\u00a0/\u00a05; "
            "absenteeism rate 20.0\u00a0%."
        ]

    def test_one_figure_is_none(self):
        assert self.stories(
            (*self.SCORE, "care", 2.4, 2.2, 2.6, "score"),
            (*self.HOURS, "care", 0.2, 0.05, 0.35, "rate"),  # may be 7 % as well
        ) == []  # fmt: skip

    def test_better_than_the_whole_is_none(self):
        assert self.stories(
            (*self.SCORE, "sales", 4.4, 4.2, 4.6, "score"),
            (*self.HOURS, "sales", 0.01, 0.005, 0.02, "rate"),
        ) == []  # fmt: skip

    def test_a_team_without_interval_is_none(self):
        assert self.stories(
            (*self.SCORE, "care", 1.0, None, None, "score"),
            (*self.HOURS, "care", 0.9, None, None, "rate"),
        ) == []  # fmt: skip


def standing(kpi_id, reason):
    goal = SimpleNamespace(
        kpi=kpi_id, by=None, key_result=SimpleNamespace(kpi=kpi_id, title=None), title=None
    )
    return SimpleNamespace(goal=goal, verdict=SimpleNamespace(reason=reason))


class TestNotJudged:
    @pytest.fixture(autouse=True)
    def _names(self, monkeypatch):
        monkeypatch.setattr(
            "kpilib.show.findings.goal_words", lambda goal, write: kpi(goal.kpi).label
        )

    def test_names_those_that_lack_a_figure(self):
        found = list(not_judged([standing("leads", "missing"), standing("sessions", "")]))

        assert [each.text for each in found] == [
            "1 of 2 targets cannot be judged, for want of a figure: new leads."
        ]

    def test_of_one_target_it_says_that_it_is_the_only_one(self):
        [found] = not_judged([standing("leads", "missing")])

        assert found.text.startswith("The only target cannot be judged, for want of a figure: ")

    def test_of_all_targets_no_count_is_said_twice(self):
        [found] = not_judged([standing("leads", "missing"), standing("sessions", "missing")])

        assert found.text.startswith("None of the 2 targets can be judged, for want of a figure: ")

    def test_what_time_mends_is_not_said(self):
        assert list(not_judged([standing("leads", "too_early"), standing("sessions", "")])) == []


def figure(kpi_id, flags, **more):
    return pd.DataFrame([{
        "kpi": kpi_id, "label": kpi(kpi_id).label, "value": 0.2, "unit": kpi(kpi_id).unit,
        "flags": flags, **more,
    }])  # fmt: skip


class TestDoubts:
    def test_news_that_is_not_ripe(self):
        rows = figure("lead_qualification_rate", ["immature"], news_year_before=True)

        assert [each.text for each in not_ripe(rows)] == [
            f"{kpi('lead_qualification_rate').label}: 20.0\u00a0% so far; recent cases can still "
            "change it."
        ]
        assert list(not_ripe(rows.assign(news_year_before=pd.NA))) == []

    def test_one_post_makes_the_figure(self):
        name = "engagement_rate_impressions"
        more = {"details": {"largest_share": 0.79, "without_largest": 0.04}}
        (story,) = dominated({name: kpi(name)}, figure(name, ["dominated"], **more))

        assert "79" in story.text and "4.0\u00a0%" in story.text
        assert list(dominated({name: kpi(name)}, figure(name, [], **more))) == []


class TestDrivenBy:
    def parts(self, *rows, unit="count"):
        parts = pd.DataFrame(rows, columns=["group", "before", "after", "share"])
        parts.attrs["unit"] = unit
        return parts

    def rates(self, *rows):
        names = [
            "group", "weight_before", "weight_after", "rate_before", "rate_after", "mix_effect",
            "rate_effect", "share",
        ]  # fmt: skip
        parts = pd.DataFrame(rows, columns=names)
        parts.attrs["unit"] = "rate"
        return parts

    @pytest.mark.parametrize(("before", "after", "said"), [
        (0.0, 2819.0, "Most of it is new: channel Display ads, 2,819."),
        (2819.0, 0.0, "Most of it is gone: channel Display ads, 2,819 then."),
        (10.0, 2819.0, "Most of it is channel Display ads: 2,819, against 10."),
    ])  # fmt: skip
    def test_a_group_that_makes_up_most(self, before, after, said):
        assert driven_by(self.parts(("display", before, after, 0.9)), "channel") == said

    def test_a_quarter_of_a_change_is_not_most_of_it(self):
        assert driven_by(self.parts(("display", 0.0, 20.0, 0.25)), "channel") == ""

    def test_a_rate_that_fell_in_every_group_and_by_their_weights(self):
        # 0.4 x 0.2 + 0.6 x 0.3 = 26 % then, 0.5 x 0.18 + 0.5 x 0.26 = 22 % now.
        parts = self.rates(
            ("2024", 0.6, 0.5, 0.3, 0.26, -0.007, -0.022, 0.45),
            ("2025", 0.4, 0.5, 0.2, 0.18, -0.002, -0.009, 0.4),
        )

        assert driven_by(parts, "joined_year") == (
            "By year of joining: \u22123.1\u00a0pt inside the groups, \u22120.9\u00a0pt because "
            "their shares changed."
        )

    def test_a_new_group_moved_a_rate(self):
        parts = self.rates(("display", 0.0, 0.4, None, 0.137, -0.158, 0.0, 0.95))

        assert driven_by(parts, "channel") == "Most of it is new: channel Display ads, 13.7\u00a0%."

    def test_a_group_that_cost_something_and_brought_nothing_before_is_not_new(self):
        """Its money of the month before stood in the rate of the whole, without any lead."""
        parts = self.rates(("display", 0.0, 0.02, None, 671.0, 0.0, -14.7, 2.7),
                           ("search", 1.0, 0.98, 40.0, 24.0, 0.3, 9.0, -1.7))  # fmt: skip

        assert driven_by(parts, "campaign_id").startswith("By campaign: ")

    def test_nobody_moved_what_did_not_move(self):
        parts = self.rates(("display", 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, None),
                           ("email", 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, None))  # fmt: skip

        assert driven_by(parts, "channel") == ""


def test_a_cut_that_the_data_lacks_is_said_and_another_one_is_refused():
    """Sends without memberships: nobody knows who joined when."""
    sends = rows(
        "send_id campaign_id recipient_key sent_at delivered is_privacy_proxied human_open",
        *((f"s{i}", "c", f"p{i}", day, True, False, i % 3 == 0)
          for i, day in enumerate(["2025-10-03T08:00:00Z", "2026-10-03T08:00:00Z"] * 6)),
    )  # fmt: skip
    report = kl.report("emailing", period="2026-10", data=kl.open({"email_sends": sends}))

    said = report.explain("open_rate_trackable", by="joined_year")
    assert said.iloc[0].tolist() == ["The data does not tell: year of joining."]
    with pytest.raises(ParameterError, match="joined_on"):
        report.explain("open_rate_trackable", by="joined_on")


@pytest.mark.parametrize(
    ("invited", "lang", "said"),
    [(40, "en", "30.0\u00a0% answered"), (40, "fr", "30,0\u00a0% ont répondu"), (24, "en", None)],
)
def test_the_strip_says_that_most_of_those_asked_did_not_answer(invited, lang, said):
    """Twelve answered, of 40 that is less than half, of 24 it is not."""
    tables = {
        "survey_waves": rows(
            "survey_id wave survey_kind invited_n opened_at closed_at",
            ("n", "1", "nps", invited, "2025-06-02", "2025-06-20"),
        ),
        "survey_responses": rows(
            "survey_id wave respondent_key item_id value answered_at",
            *(("n", "1", f"r{number}", "q", 9, "2025-06-10") for number in range(12)),
        ).assign(scale_min=0, scale_max=10),
    }
    report = kl.report("customers", "2025-06", kl.open(tables, as_of="2025-06-30"), lang=lang)
    score = next(each for each in report.told.strip if each["id"] == "nps")

    assert score["doubt"] == (said or "")
    assert said is None or said in report.lead().data


@pytest.mark.parametrize(
    ("months", "title", "meaning"),
    [
        (14, "Too little past to judge a change", "too little past to judge"),
        (26, "No clear change", "within its usual moves"),
    ],
)
def test_a_change_that_nobody_can_judge_yet_is_not_called_unclear(months, title, meaning):
    """Three come each month: of 14 months one year-on-year move is known before the last."""
    first = pd.Period("2026-10", "M") - months + 1
    came = [
        (first + number // 3).to_timestamp().date().replace(day=5) for number in range(3 * months)
    ]
    members = rows(
        "membership_id kind person_key start_at end_at",
        *((f"m{at}", "community", f"p{at}", str(day), None) for at, day in enumerate(came)),
    )
    told = kl.report("community", "2026-10", kl.open({"memberships": members})).told

    assert told.headline == title
    assert (told.strip[0]["change"], told.strip[0]["meaning"]) == ("+36 net", meaning)


def of_visits(stayed):
    """What the page of October says of 100 visits a month, of whom so many stayed."""
    visits = rows(
        "session_id visitor_id started_at engaged_s pageviews key_events channel",
        *(
            (f"{month}{number}", f"{month}{number}", f"{month}-05T09:00:00Z",
             60.0 if number < stay else 1.0, 1, 0, "direct")
            for month, stay in stayed.items()
            for number in range(100)
        ),
    )  # fmt: skip
    return kl.report("audience", "2026-10", kl.open({"sessions": visits}, timezone="UTC")).told


@pytest.mark.parametrize(
    ("then", "title", "meaning"),
    [
        (50, "Fewer visits go beyond the first page", "a real drop"),
        (10, "No clear change", "could be chance"),
    ],
)
def test_a_change_that_is_no_chance_is_said_so_before_its_usual_size_is_known(then, title, meaning):
    """Of 100 visits 50 stayed a year before and 8 do now: real; from 10 it may be chance."""
    told = of_visits({"2025-10": then, "2026-10": 8})
    rate = next(each for each in told.strip if each["id"] == "engaged_session_rate")

    assert (told.headline, rate["meaning"]) == (title, meaning)
    beside = "Too little past to say whether that is unusual."
    assert (beside in sentences(told)) == (meaning == "a real drop")


@pytest.mark.parametrize(
    ("before", "title"), [(50, "Fewer visits go beyond the first page"), (10, "No clear change")]
)
def test_in_a_second_month_what_is_no_chance_comes_first(before, title):
    """Of 100 visits of each month 50 or 10 stayed, then 8; a year before nobody counted."""
    told = of_visits({"2026-09": before, "2026-10": 8})

    assert told.headline == title


class TestWithoutAnyFigure:
    def told(self, tables, lang="en"):
        return kl.report("audience", "2026-10", kl.open(tables), lang=lang).lead().data

    def test_a_page_says_which_tables_are_missing_and_how_they_come(self):
        costs = rows("cost_id scope_kind scope_id amount_ht", ("c1", "campaign", "x", 1.0))
        said = self.told({"costs": costs.assign(incurred_at=pd.Timestamp("2026-10-02"))})

        assert "Tables are missing: sessions, acquisition_daily" in said
        assert "kpilib import makes them of your exports" in said

    def test_without_its_key_figures_a_page_does_not_say_that_nothing_changed(self):
        """Who came to an event is known, and no lead."""
        came = rows(
            "participation_id activity_id activity_kind registered_at activity_at person_key"
            " attended",
            ("1", "e1", "webinar", "2026-10-01", "2026-10-05", "a", True),
        )
        told = kl.report("leads", "2026-10", kl.open({"participations": came})).told

        assert told.rows["status"].eq("ok").any()
        assert told.headline == "None of the key figures can be worked out"
        assert sentences(told)[0].startswith("Tables are missing: leads, ")

    def test_a_page_of_tables_without_rows_says_why(self):
        sessions = rows("session_id visitor_id", ("s1", "v1"))
        sessions = sessions.assign(started_at=pd.Timestamp("2026-10-02", tz="UTC")).iloc[:0]
        said = self.told({"sessions": sessions})

        assert "No figure can be worked out" in said and "kpilib import" not in said
