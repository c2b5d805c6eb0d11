"""The scoreboard as frames: what needs a decision first, nothing hidden on it."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from matplotlib import pyplot as plt

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import ParameterError, UnknownName
from kpilib.language import LANGUAGES, speak
from kpilib.show.cards import cards, headline

PAYLOAD = "<script>alert(1)</script>"
# Leads of each month of 2026 up to October: 10, 20, ... 100.
LEADS = {f"2026-{month:02d}": 10 * month for month in range(1, 11)}
OBJECTIVES = f"""
objectives:
  - id: growth
    kind: okr
    statement: {{en: "More requests {PAYLOAD}", fr: "Davantage de demandes"}}
    why: {{en: "Courses are half empty", fr: "Les sessions sont à moitié vides"}}
    owner: {{en: "Head of sales", fr: "Responsable commercial"}}
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - id: kr_leads
        kpi: leads
        label: {{en: "Requests a month", fr: "Demandes par mois"}}
        mode: from_to
        unit: count
        baseline: 60
        target: 300
        next_action: {{en: "Call back within a day.", fr: "Rappeler sous un jour."}}
        revisions:
          - {{date: 2026-09-01, was: 120, why: "Too easy", by: "The board"}}
      - id: kr_all
        kpi: sessions
        label: {{en: "Visits in all", fr: "Visites en tout"}}
        mode: count
        unit: count
        target: 480
        next_action: {{en: "Go on.", fr: "Continuer."}}
  - id: handbook
    kind: okr
    parent: growth
    status: secondary
    statement: {{en: "Answer alike", fr: "Répondre d'une même voix"}}
    owner: {{en: "Sales", fr: "Commerce"}}
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - id: kr_handbook
        label: {{en: "Handbook written", fr: "Guide rédigé"}}
        mode: binary
  - id: takeover
    kind: okr
    status: hidden
    statement: {{en: "Be bought by a rival", fr: "Être rachetés par un rival"}}
    owner: {{en: "The founder", fr: "Le fondateur"}}
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - id: kr_takeover
        kpi: unique_visitors
        label: {{en: "Shine for the rival", fr: "Briller pour le rival"}}
        mode: from_to
        unit: count
        baseline: 60
        target: 500
  - id: shop_window
    kind: okr
    parent: takeover
    statement: {{en: "Look tidy", fr: "Être présentables"}}
    owner: {{en: "Sales", fr: "Commerce"}}
    start: 2026-07-01
    end: 2026-12-31
    key_results:
      - id: kr_window
        label: {{en: "Window dressed", fr: "Vitrine faite"}}
        mode: binary
"""
SECRETS = ("rival", "Shine", "takeover", "founder", "Briller", "fondateur")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("data") / "small"
    (place / "tables").mkdir(parents=True)
    (place / "company.yaml").write_text("name: Small\nlang: [en, fr]\n", encoding="utf-8")
    days = [f"{month}-{1 + i % 28:02d}T10:00:00Z" for month, n in LEADS.items() for i in range(n)]
    days[-1] = "2026-10-31T10:00:00Z"
    leads = pd.DataFrame(
        {
            "lead_id": [f"l{i}" for i in range(len(days))],
            "person_key": [f"p{i}" for i in range(len(days))],
            "created_at": days,
        }
    )
    more = dict.fromkeys(("session_id", "form_id", "qualified_at", "won_at"), "")
    leads.assign(**more).to_csv(place / "tables/leads.csv", index=False)
    names = {"lead_id": "session_id", "person_key": "visitor_id", "created_at": "started_at"}
    leads.rename(columns=names).to_csv(place / "tables/sessions.csv", index=False)
    (place / "objectives.yaml").write_text(OBJECTIVES, encoding="utf-8")
    (place / "notes.csv").write_text(
        "date,kpi,kind,author,text_en,text_fr\n"
        f"2026-09-14,leads,action,Sales,Fair {PAYLOAD},Salon\n"
        "2026-03-01,leads,event,Sales,Long ago,Jadis\n",
        encoding="utf-8",
    )
    (place / "checkins.csv").write_text(
        "date,key_result,confidence,author,comment_en,comment_fr,blocker_en\n"
        f"2026-09-30,kr_leads,0.4,Sales,Slow {PAYLOAD},Lent,No budget\n",
        encoding="utf-8",
    )
    return place


@pytest.fixture(scope="module")
def report(folder):
    return kl.report("scoreboard", period="2026-10", data=folder)


@pytest.fixture(scope="module")
def verdicts(report):
    return report.verdicts()


@pytest.fixture(autouse=True)
def _english():
    yield
    plt.close("all")
    speak("en"), write_for("en")


def plain(html: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", html))


class TestFrames:
    def test_what_needs_a_decision_comes_first(self, verdicts):
        # By 31 October 123 of 184 days: 60 + 240 x 123/184 = 220 requests a month are due, there
        # are 100. In all 321 of 480 visits are due, and there are 340.
        assert list(verdicts["key_result"][:1]) == ["kr_leads"]
        assert list(verdicts["needs_decision"]) == [True, False, False, False]
        found = verdicts.set_index("key_result")
        assert found.loc["kr_leads", "expected"] == 221 and found.loc["kr_leads", "target"] == 300
        assert found.loc["kr_leads", "verdict"] == "Off target: change course"
        assert found.loc["kr_leads", "confidence"] == 0.4
        assert found.loc["kr_all", ["value", "verdict"]].tolist() == [340, "On target: carry on"]
        assert found.loc["kr_all", "since"] == pd.Timestamp("2026-07-01")

    @pytest.mark.parametrize("period", ["2026", "2026-Q4", "2026-W44"])
    def test_of_a_period_under_way_the_last_month_that_is_known_is_judged(self, folder, period):
        """Of the week of 26 October to 1 November, November was judged, of which nothing is known:
        25 of 29 targets of the sample "had no data"."""
        found = kl.report("scoreboard", period=period, data=folder).verdicts()
        assert list(found["needs_decision"]) == [True, False, False, False]

    def test_objectives_stand_above_those_that_serve_them(self, report):
        found = report.objectives().set_index("objective")

        assert found.loc["growth", "depth"] == 0 and found.loc["handbook", "depth"] == 1
        assert found.loc["handbook", "unjudged"] == 1 and pd.isna(found.loc["handbook", "score"])

    def test_changes_reviews_diary_and_tests(self, report):
        assert set(report.changed()["change"]) <= {"worse", "better", "towards", "away", "new"}
        assert report.reviews()["late"].max() >= 1
        assert list(report.diary()["text"]) == [f"Fair {PAYLOAD}"]
        assert report.tests()["of"].eq(10).all()

    def test_a_card_of_nobody_begins_with_its_day(self, report, verdicts):
        """ ", by 31 October." stood below a target without an owner."""
        nobody = verdicts.assign(owner="", decision="", next_action="")
        told = plain(report.board(nobody).data)
        assert " , " not in told and "Next review: 31 October." in told

    def test_the_months_of_a_key_result_stand_on_its_path(self, report):
        rows, target = report.course("kr_all"), report.target("kr_all")
        title = kl.plot.path(rows, target).get_title(loc="left")

        assert [float(value) for value in rows["value"]] == [70, 150, 240, 340]
        assert title.startswith("Visits in all: 340 since 1 Jul")
        assert list(report.notes("kr_leads")["text"]) == ["Long ago", f"Fair {PAYLOAD}"]

    def test_unknown_and_no_key_results(self, report):
        with pytest.raises(UnknownName, match="kr_leads"):
            report.course("kr_lead")
        assert kl.plot.path(report.course(""), report.target("")).get_title(loc="left")

    def test_a_frame_is_read_with_names_and_units(self, verdicts):
        told = kl.table(verdicts)

        assert told["Owner's confidence"].iloc[0] == "40\u00a0%"
        assert "key_result" not in told and "Key result" in told


class TestPage:
    def test_the_owner_stands_beside_the_verdict(self, report, verdicts):
        said = plain(report.board(verdicts).data)

        assert "Off target: change course 100 221 expected by now, target 300 by 31 D" in said
        assert "Sales on 30 Sept, confidence 40 %: Slow" in said
        assert "Call back within a day." in said and "On target (1)" in said

    def test_some_columns_are_not_enough(self, verdicts):
        with pytest.raises(ParameterError, match="Keep all columns"):
            cards(verdicts[["label", "level"]])

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_nothing_hidden_or_foreign_is_on_it(self, folder, tmp_path, lang):
        report = kl.report("scoreboard", period="2026-10", data=folder, lang=lang, out=tmp_path)
        verdicts, parts = report.verdicts(), [report.lead(), report.limits(), report.sources()]
        follow = report.follow_up(report.reviews(), report.diary(), report.tests())
        report.write()
        html = "".join(each.data for each in (*parts, report.board(verdicts), follow))
        result = (tmp_path / "result.json").read_text(encoding="utf-8")
        figures = (tmp_path / "figures.csv").read_text(encoding="utf-8")

        assert PAYLOAD not in html
        assert not [word for word in SECRETS if word in html + result + figures]
        assert json.loads(result)["finding"] == headline(verdicts)

    def test_without_objectives_it_says_how_to_begin(self, folder, tmp_path):
        (tmp_path / "company.yaml").write_text("name: New\n", encoding="utf-8")
        (tmp_path / "tables").mkdir()
        leads = (folder / "tables/leads.csv").read_text(encoding="utf-8")
        (tmp_path / "tables/leads.csv").write_text(leads, encoding="utf-8")
        report = kl.report("scoreboard", period="2026-10", data=tmp_path)

        assert report.verdicts().empty and report.objectives().empty
        assert "kpilib pick" in report.lead().data
        assert kl.table(report.changed()).empty
        assert "No target is written yet" in report.board(report.verdicts()).data
        ax = kl.plot.path(report.course(""), report.target(""))
        assert "no key result under way is" in ax.texts[0].get_text()

    def test_an_owner_who_never_checked_in_ends_in_one_full_stop(self, verdicts):
        said = plain(cards(verdicts.assign(said_on=pd.NaT, comment="")))

        assert "No check-in yet." in said and ".." not in said


class TestHeadline:
    def rows(self, *levels, reason=""):
        return pd.DataFrame(
            {
                "label": "Requests",
                "level": levels,
                "needs_decision": [each.endswith("failure") for each in levels],
                "reason": reason,
            }
        )

    def test_it_says_how_many_need_a_decision(self):
        many = self.rows("proven_failure", "moderate_failure", "success")
        assert headline(many) == "2 of 3 targets need a decision"
        one = self.rows("moderate_failure", "success")
        assert headline(one) == "One target of 2 needs a decision: Requests"
        alone = self.rows("moderate_failure")
        assert headline(alone) == "The only target needs a decision: Requests"

    def test_no_target_is_missed_only_where_targets_were_judged(self):
        assert headline(self.rows("success", "moderate_success")) == "No target is missed"
        assert headline(self.rows("success", "not_assessable")) == (
            "The only target of 2 that can be judged is not missed"
        )
        assert headline(self.rows("success", "success", "not_assessable")) == (
            "No target is missed among the 2 of 3 that can be judged"
        )
        none = self.rows(*["not_assessable"] * 4, reason="leads is missing")
        assert headline(none) == "None of the 4 targets can be judged: leads is missing"
        several = none.assign(reason=["leads is missing", *["orders is missing"] * 3])
        assert headline(several) == "None of the 4 targets can be judged"
        assert headline(none.head(1)) == "The only target cannot be judged: leads is missing"
