"""A funnel follows one group of people, step by step."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import ParameterError
from kpilib.show.figure import picture
from tests.worked import rows

# Ten visitors of June; four leave a lead, two of them are qualified in time, one of these buys.
TABLES = {
    "sessions": rows(
        "session_id visitor_id started_at",
        *((f"s{n}", f"v{n}", f"2026-06-0{n % 9 + 1}T09:00:00Z") for n in range(10)),
    ),
    "leads": rows(
        "lead_id visitor_id form_id created_at qualified_at won_at",
        ("l1", "v1", "f", "2026-06-10T10:00:00Z", "2026-06-20T09:00:00Z", "2026-07-01T09:00:00Z"),
        ("l2", "v2", "f", "2026-06-12T10:00:00Z", "2026-06-30T09:00:00Z", None),
        ("l3", "v3", "f", "2026-06-13T10:00:00Z", None, None),
        ("l4", "v4", "f", "2026-06-14T10:00:00Z", None, None),
        ("l5", "v5", "f", "2026-05-14T10:00:00Z", "2026-05-15T09:00:00Z", None),
        ("l6", "v6", "f", "2026-04-14T10:00:00Z", "2026-04-15T09:00:00Z", None),
        ("l7", "v7", "f", "2026-02-14T10:00:00Z", "2026-02-15T09:00:00Z", None),
    ),
}


def report(as_of="2026-12-31", period="2026-06", lang="en", tables=TABLES):
    return kl.report("leads", period=period, data=kl.open(tables, as_of=as_of), lang=lang)


@pytest.fixture(autouse=True)
def _english():
    yield
    write_for("en")


def said(ax):
    return {text.get_text() for text in ax.texts}


class TestFrame:
    def test_it_is_a_frame_of_figures_with_the_words_of_its_steps(self):
        found = report().funnel()

        assert found[["step_before", "step", "numerator", "denominator"]].values.tolist() == [
            ["Visitors", "Became leads", 4, 10],
            ["Leads", "Qualified within 30 days", 2, 4],
            ["Qualified within 30 days", "Customers within 90 days", 1, 2],
        ]
        assert set(found["label"]) == {"From visit to customer"} and set(found["period"]) == {
            "2026-06"
        }

    def test_it_is_read_as_a_table_too(self):
        told = kl.table(report().funnel())
        assert list(told)[:3] == ["Out of", "Step", "From visit to customer"]
        assert told["Step"].tolist()[0] == "Became leads"

    def test_french(self):
        found = report(lang="fr").funnel()
        assert found["step"].tolist()[0] == "Devenus prospects"


class TestFunnel:
    def test_each_step_has_its_count_and_its_share_of_the_one_before(self):
        ax = kl.plot.funnel(report().funnel())

        assert [bar.get_width() for bar in ax.containers[0]] == [10, 4, 2, 1]
        assert {"Visitors", "10", "Became leads", "4", "Customers within 90 days", "1"} <= said(ax)
        assert sum("of them" in text for text in said(ax)) == 2  # 50 % twice
        assert ax.get_title(loc="left") == "From visit to customer: 1 of 10"

    def test_a_step_that_can_still_grow_is_hollow_and_said(self):
        ax = kl.plot.funnel(report(as_of="2026-08-15").funnel())  # the 90 days are not over

        filled = [bar.get_facecolor() != (1, 1, 1, 1) for bar in ax.containers[0]]
        assert filled == [True, True, True, False]
        assert ax.get_title(loc="left").endswith("1 of 10 so far")
        assert "A hollow bar can still grow" in picture(ax.figure)

    def test_kpis_that_follow_each_other_are_a_funnel(self):
        sends = rows(
            "send_id campaign_id sent_at delivered human_click",
            *((f"s{n}", "c", "2026-06-01T09:00:00Z", n > 0, n > 6) for n in range(10)),
        )
        data = kl.open({"email_sends": sends}, as_of="2026-12-31")
        ax = kl.plot.funnel(data.evaluate(["delivery_rate", "click_rate"], "2026-06"))
        assert [bar.get_width() for bar in ax.containers[0]] == [10, 9, 3]
        assert {"Base", "Delivery rate", "Click rate"} <= said(ax)

    def test_rates_of_other_groups_are_refused_with_the_remedy(self):
        found = report().funnel().drop(index=1)
        with pytest.raises(ParameterError) as caught:
            kl.plot.funnel(found)
        assert str(caught.value) == (
            "funnel follows one group, but leads_of_visitors ends with 4 and customers_of_qualified"
            " begins with 2. From visit to customer there is report.funnel(); rates of other groups"
            " stand side by side in kl.plot.dots(rows)."
        )

    def test_what_is_no_rate_is_refused(self):
        rows_ = kl.open(TABLES, as_of="2026-12-31").evaluate("sessions", "2026-06")
        with pytest.raises(ParameterError, match="funnel draws rates; sessions is none"):
            kl.plot.funnel(rows_)

    def test_a_hidden_step_says_why_and_has_no_bar(self):
        found = report().funnel()
        found.loc[1, ["value", "status"]] = [None, "suppressed"]
        ax = kl.plot.funnel(found)
        assert ax.containers[0][2].get_width() == 0
        assert any("small group" in text for text in said(ax))

    def test_without_leads_it_says_so(self):
        found = report(tables={"sessions": TABLES["sessions"]}).funnel()
        assert found["status"].tolist() == ["missing_table"]
        assert kl.plot.funnel(found).get_title(loc="left") == "No figure can be worked out"

    def test_it_draws_on_the_axes_given_and_passes_kwargs_on(self):
        from matplotlib import pyplot as plt

        _, axes = plt.subplots(1, 2)
        assert kl.plot.funnel(report().funnel(), ax=axes[1], color="red") is axes[1]
        assert axes[1].containers[0][0].get_facecolor() == (1, 0, 0, 1)
