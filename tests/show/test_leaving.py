"""The team that people leave: which, since when and why; nothing that tells of fewer than five."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.engine.outcome import Outcome
from kpilib.period import Period
from kpilib.show.beforehand import for_pages
from kpilib.show.leaving import EXITS, RESIGNATIONS, fell, leaving, most_left, reason
from kpilib.topics.catalogue import kpi, of_topic
from tests.one_figure import all_printed
from tests.sample_figures import SAMPLE
from tests.worked import rows

YEAR = Period.parse("2025-12")


@pytest.fixture(autouse=True)
def _english_afterwards():
    write_for("en")
    yield
    write_for("en")


def by_team(*values, status="ok"):
    found = rows("team numerator denominator", *values)
    return found.assign(value=found["numerator"] / found["denominator"], status=status)


class TestMostLeft:
    def test_beyond_chance(self):
        # 6 exits in 40 years of work; 9 of those were in care: one exit falls there with 9/40. Five
        # or six of six: 6 x 0.225^5 x 0.775 + 0.225^6 = 0.0028; twice, and by four teams: 0.022.
        teams = ("care", 5, 9), ("sales", 1, 11), ("design", 0, 10), ("trainers", 0, 10)

        assert most_left(by_team(*teams)) == "care"

    def test_four_of_five_may_be_chance(self):
        # 5 x 0.225^4 x 0.775 + 0.225^5 = 0.0105; twice, by four: 0.084.
        teams = ("care", 4, 9), ("sales", 1, 11), ("design", 0, 10), ("trainers", 0, 10)

        assert most_left(by_team(*teams)) is None

    def test_whom_nobody_leaves_is_not_it(self):
        # Sales with 0 of 40 differs as well, and people stay there.
        assert most_left(by_team(("care", 20, 40), ("sales", 0, 40))) == "care"

    @pytest.mark.parametrize("teams", [
        [("care", 9, 10)],  # with whom should it be compared?
        [("care", 0, 10), ("sales", 0, 10)],
        [("(unknown)", 9, 10), ("sales", 1, 30)],
    ])  # fmt: skip
    def test_nothing_to_say(self, teams):
        assert most_left(by_team(*teams)) is None

    def test_hidden_teams_are_not_looked_at(self):
        teams = ("care", 9, 10), ("sales", 0, 30)
        hidden = by_team(*teams)
        hidden.loc[0, ["value", "numerator", "denominator"]] = None
        hidden.loc[0, "status"] = "suppressed"

        assert most_left(by_team(*teams)) == "care"
        assert most_left(hidden) is None


class TestReason:
    @pytest.mark.parametrize(("every", "resigned", "status", "said"), [
        (0.5, 0.5, "ok", "most of them by resignation"),
        (0.5, 0.4, "ok", ""),
        (0.5, None, "suppressed", ""),  # fewer than five left, or a team of few would be told of
        (0.5, None, "not_additive", ""),
    ])  # fmt: skip
    def test_is_said_where_it_is_sure(self, every, resigned, status, said):
        own = rows("kpi value status", (EXITS, every, "ok"), (RESIGNATIONS, resigned, status))

        assert reason(own.set_index("kpi")) == said

    def test_most_are_more_than_half_whatever_was_rounded(self):
        for every, people in product(range(5, 15), range(5, 41)):
            exact = [Outcome(value=resigned / people, denominator=people, people=every)
                     for resigned in range(every + 1)]  # fmt: skip
            fewest = {}  # that are printed so
            for resigned, shown in enumerate(all_printed(kpi(RESIGNATIONS), exact)):
                fewest.setdefault((shown.value, shown.status), resigned)
            for (value, status), resigned in fewest.items():
                own = {"value": [every / people, value], "status": ["ok", status]}
                said = reason(pd.DataFrame(own, index=[EXITS, RESIGNATIONS]))
                assert not said or resigned > every / 2


class TestFell:
    COLUMNS = "dimension value year_before delta_year_before within_noise_year_before"

    def said(self, *values):
        found = rows(self.COLUMNS, *((*v[:3], v[1] - v[2], v[3]) for v in values))
        return fell(found.assign(status="ok", unit="score"))

    def test_the_most(self):
        found = self.said(
            ("manager", 3.4, 3.8, False),
            ("mission", 3.7, 3.9, False),
            ("belonging", 3.0, 3.9, True),  # more, but by chance
        )

        assert found == "in the survey of all, manager fell most in a year"

    def test_two_alike(self):
        found = self.said(("manager", 3.4, 3.8, False), ("mission", 3.5, 3.9, False))

        assert found == "in the survey of all, manager and mission fell most in a year"

    @pytest.mark.parametrize("values", [
        [("manager", 3.4, 3.8, True)],  # chance
        [("manager", 3.9, 3.8, False)],  # it rose
        [("manager", 3.4, 3.8, None)],  # nobody knows
        [(name, 3.4, 3.8, False) for name in ("manager", "mission", "belonging")],  # all of them
    ])  # fmt: skip
    def test_none(self, values):
        assert self.said(*values) == ""

    def test_no_wave(self):
        assert fell(None) == ""


def office(sizes, exits):
    """Teams of so many; of those who left: team, day, reason; others came for them at once."""
    people = [
        (f"{team}{number}", "2019-01-01", None, None, team, "CDI")
        for team, size in sizes.items()
        for number in range(size)
    ]
    for place, (team, day, why) in enumerate(exits):
        at = next(i for i, each in enumerate(people) if each[4] == team and each[2] is None)
        people[at] = (people[at][0], "2019-01-01", day, why, team, "CDI")
        people.append((f"new{place}", day, None, None, team, "CDI"))
    return rows("employee_id hired_at left_at leave_reason team contract_kind", *people)


def said(staff, lang="en"):
    company = for_pages(kl.open({"employees": staff}, as_of="2025-12-31", timezone="Europe/Paris"))
    write_for(lang)
    return leaving(company, of_topic("employees"), YEAR)


SIZES = {"care": 9, "sales": 11, "design": 10, "small": 4, "other": 3, "trainers": 10}
DAYS = ("2025-07-10", "2025-08-12", "2025-09-11", "2025-10-09", "2025-11-06")


class TestSentence:
    def test_who_since_when_and_how(self):
        found = said(office(SIZES, [("care", day, "resignation") for day in DAYS]))

        assert found.title == "Care is losing people"
        assert found.text == (
            "Since July 2025 care has been losing people: 5 left in twelve months, "
            "most of them by resignation."
        )

    def test_in_french(self):
        found = said(office(SIZES, [("care", day, "resignation") for day in DAYS]), "fr")

        assert found.text.startswith(
            "Depuis juillet 2025, l'équipe care perd des salariés\u00a0: 5"
        )

    def test_reasons_of_a_few_are_not_told(self):
        why = ("resignation", "dismissal", "dismissal", "dismissal", "resignation")
        exits = [("care", *each) for each in zip(DAYS, why, strict=True)]

        assert said(office(SIZES, exits)).text.endswith("in twelve months.")

    def test_all_at_once_long_ago_is_no_since(self):
        """Exits of two years, evenly: the team loses people, and nobody knows since when."""
        days = [f"{year}-{month:02}-15" for year in (2024, 2025) for month in range(1, 12)]
        found = said(office(SIZES, [("care", day, None) for day in days]))

        assert found.text.startswith("Care is losing people: 11 left in twelve months")

    def test_a_team_of_four_is_never_named(self):
        exits = [("small", day, "resignation") for day in DAYS]

        assert said(office(SIZES, exits)) is None

    def test_a_team_that_was_hidden_has_no_since(self):
        """Care was four people until March: what happened then is told of nobody."""
        staff = office(SIZES | {"care": 4}, [("care", day, "resignation") for day in DAYS[1:]])
        more = rows("employee_id hired_at left_at leave_reason team contract_kind",
                    *((f"m{n}", "2025-03-03", None, None, "care", "CDI")
                      for n in range(4)))  # fmt: skip
        found = said(pd.concat([staff, more], ignore_index=True))

        assert found is None or "Since" not in found.text

    def test_nobody_leaves(self):
        assert said(office(SIZES, [])) is None

    def test_of_a_year_under_way_the_twelve_months_are_those_that_were(self):
        """Data end in November: a quarter and a year under way end there, too."""
        staff = office(SIZES, [("care", day, "resignation") for day in DAYS])
        data = {"employees": staff[staff["hired_at"] < "2025-11-01"]}
        company = for_pages(kl.open(data, as_of="2025-11-30", timezone="Europe/Paris"))
        told = [leaving(company, of_topic("employees"), Period.parse(each))
                for each in ("2025-11", "2025-Q4", "2025")]  # fmt: skip

        assert told[0] is not None and told[0] == told[1] == told[2]
        assert leaving(company, of_topic("employees"), Period.parse("2026-01")) is None

    def test_a_page_without_turnover(self):
        company = for_pages(str(SAMPLE))

        assert leaving(company, of_topic("emailing"), Period.parse("2026-10")) is None


def test_the_sample_company_names_the_team_first():
    """Five of learner relations left since April 2026; belonging fell most, the whole by 0.5."""
    report = kl.report("employees", period="2026-10", data=str(SAMPLE), lang="en")
    found = report.told.leaving

    assert report.finding == "Learner relations is losing people"
    for part in ("Since April 2026", "5 left", "belonging fell most"):
        assert part in found.text
    first = str(report.lead().data)
    assert first.index("5 left in twelve months") < first.index("Absenteeism rate:")


def test_every_dimension_of_the_survey_of_all_is_shown():
    """Forty-eight of fifty answered about the mission: two left out hide nobody of the others."""
    rows = for_pages(str(SAMPLE)).evaluate("engagement_survey_score", "2026-10", by="dimension")

    assert rows["status"].tolist() == ["ok"] * 7
