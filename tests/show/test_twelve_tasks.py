"""Twelve tasks of an analyst, each in one to three lines, as she would write them."""

from __future__ import annotations

import matplotlib
import nbformat
import pandas as pd
import pytest
import seaborn as sns
from matplotlib import pyplot as plt
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import kpilib as kl
from kpilib.errors import UnknownName
from kpilib.topics.catalogue import catalogue
from tests.worked import rows

matplotlib.use("agg")
DAY = "2026-10-05T10:00:00Z"


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def data():
    return kl.open("data/sample")


@pytest.fixture(scope="module")
def report(data):
    return kl.report("emailing", period="2026-10", data=data)


def test_1_change_the_period(data):
    report = kl.report("emailing", period="2026-Q3", data=data)
    clicks = report.series("click_rate", periods=5)

    assert clicks["period"].tolist() == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]


def test_2_click_rate_by_campaign_with_seaborn(report):
    messages = report.figures("click_rate", by="campaign_id").dropna(subset="value")
    ax = sns.barplot(messages, x="value", y="campaign_id")

    assert len(ax.patches) == len(messages) == 3


def test_3_restyle_and_annotate_a_chart(report):
    ax = kl.plot.trend(report.series("click_rate"), color="purple", lw=3)
    ax.annotate("fair", (pd.Timestamp("2026-03-01"), 0.03))
    ax.set_title("Clicks, in purple", loc="left")

    assert ax.get_title(loc="left") == "Clicks, in purple"
    assert any(text.get_text() == "fair" for text in ax.texts)


def test_4_compare_two_quarters(data):
    both = data.over(["leads", "click_rate"], ["2025-Q3", "2026-Q3"])
    change = both.pivot(index="kpi", columns="period", values="value").diff(axis=1)["2026-Q3"]

    assert change.notna().all()


def test_5_an_own_kpi_in_the_report(report):
    mine = kl.ratio("revenue_per_session", "revenue", "sessions", unit="EUR", better="higher")
    ax = kl.plot.trend(report.series(mine))

    assert "Revenue per session" in ax.get_title(loc="left")


def test_6_a_second_breakdown(report):
    found = report.figures("sessions", by=["channel", "country"])

    assert {"channel", "country"} <= set(found) and found["value"].sum() == 7092


def test_7_only_one_campus():
    sessions = rows(
        "session_id started_at channel campus",
        ("1", DAY, "email", "Lyon"), ("2", DAY, "email", "Nice"), ("3", DAY, "direct", "Lyon"),
    )  # fmt: skip
    data = kl.open({"sessions": sessions}, as_of="2026-10-31")

    assert data.evaluate("sessions", "2026-10", where={"campus": "Lyon"})["value"].item() == 2


def test_8_why_leads_fell(data):
    why = data.explain("leads", "2026-10", by="channel", compare="year_before")

    assert why["effect"].sum() == pytest.approx(why.attrs["change"])


def test_9_an_own_csv(tmp_path):
    (tmp_path / "visits.csv").write_text("session_id,started_at,channel\na,2026-10-05,email\n")
    data = kl.open({"sessions": tmp_path / "visits.csv"}, as_of="2026-10-31")

    assert data.evaluate("sessions", "2026-10")["value"].item() == 1


def test_10_a_target_on_the_page(report):
    target = report.target("open_rate_trackable")
    ax = kl.plot.trend(report.series("open_rate_trackable"), target=target)

    # 18.9 % in June to 21 % by December: 2.1 points in 184 days, 123 of them by 31 October.
    october = target.set_index("period_start")["value"]["2026-10-01"]
    assert october == pytest.approx(0.189 + 0.021 * 123 / 184, abs=1e-4)
    assert any("target" in text.get_text() for text in ax.texts)


def test_10_a_misspelt_target_is_no_missing_target(report):
    for ask in (report.target, report.notes):
        with pytest.raises(UnknownName, match="Did you mean 'open_rate_trackable'"):
            ask("open_rate_trackble")
    assert report.notes(catalogue()["click_rate"]).equals(report.notes("click_rate"))


def test_11_a_table_in_excel(data, tmp_path):
    data.table("leads", "2026-10").to_excel(tmp_path / "leads.xlsx", index=False)
    data.evaluate("leads", "2026-10", by="channel").to_excel(tmp_path / "by.xlsx", index=False)

    assert pd.read_excel(tmp_path / "by.xlsx", engine="openpyxl")["value"].sum() > 0


def test_12_a_new_topic_in_the_run(tmp_path):
    from kpilib.monthly.job import Places
    from kpilib.monthly.run import run

    folder = tmp_path / "acme"
    (folder / "tables").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    (folder / "company.yaml").write_text("name: Acme\nlang: [en]\nas_of: 2026-10-31\n")
    sessions = rows("session_id started_at channel", *((f"s{n}", DAY, "email") for n in range(9)))
    sessions.to_parquet(folder / "tables/sessions.parquet")
    nbformat.write(webinars(), folder / "notebooks/09_webinars.ipynb")
    made = run("2026-10", Places(folder, tmp_path / "reports"), topics=["webinars"])

    assert made.states == {"webinars": "ok"}
    page = (made.folder / "webinars.html").read_text(encoding="utf-8")
    assert "Webinars" in page and "Sessions" in page


def webinars():
    """A notebook for a topic of her own: its file name is all the run needs."""
    cells = [
        new_markdown_cell("# Webinars: who comes?"),
        new_code_cell(
            "period: str = '2026-10'  # period\ndata: str = '.'  # folder\n"
            "lang: str = 'en'  # language\nout: str = ''  # results"
        ),
        new_code_cell(
            "import kpilib as kl\n\nreport = kl.report('webinars', period=period, data=data, "
            "lang=lang, out=out, kpis=['sessions'])"
        ),
        new_code_cell("report.lead()"),
        new_markdown_cell("## How many visits?"),
        new_code_cell("rows = report.series('sessions', periods=3)\nrows"),
        new_code_cell("report.write()"),
    ]
    cells[1].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})
