"""Charts take a frame and return the Axes; what they say comes from the frame."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import matplotlib
import pandas as pd
import pytest
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

import kpilib as kl
from kpilib.display.numbers import write_for
from kpilib.errors import ParameterError
from kpilib.show import theme
from kpilib.show.chart import kept_of
from kpilib.show.figure import picture
from kpilib.show.lead import shown_first

matplotlib.use("agg")
DAYS = pd.date_range("2024-10-01", periods=25, freq="MS", tz="UTC")
# 25 months: 10, 11, ... 34 sessions, one in ten of them by e-mail.
SESSIONS = pd.DataFrame(
    {
        "session_id": f"s{month}-{number}",
        "started_at": day,
        "engaged_s": 20.0 if number % 2 else 1.0,
        "pageviews": 1,
        "key_events": 0,
        "channel": "email" if number % 10 == 0 else "direct",
    }
    for month, day in enumerate(DAYS)
    for number in range(10 + month)
)
DATA = kl.open({"sessions": SESSIONS}, as_of="2026-10-31")
EVENTS = [(pd.Timestamp("2026-03-19"), "a <b>fair</b>")]


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def sessions():
    return DATA.series("sessions", "2026-10", periods=25)


def lines_of(ax):
    """The y values of each line that has more than two points."""
    return [list(line.get_ydata()) for line in ax.lines if len(line.get_ydata()) > 2]


@pytest.mark.parametrize("topic", ["social", "employees", "emailing"])
def test_titles_on_a_page_say_of_chance_what_its_strip_says(topic):
    """Absenteeism "rose by 4.0 points" below "+4.0 pt, could be chance": rounded, no interval."""
    report = kl.report(topic, "2026-10", "data/sample")
    strip = report.rows.drop_duplicates("kpi", keep=False).set_index("kpi")
    first = [each.id for each in shown_first(report.kpis)]
    moves = strip["delta_year_before"].astype(float).reindex(first)
    told = {}
    for kpi in moves[moves.notna() & moves.ne(0)].index:
        title = kl.plot.trend(report.series(kpi)).get_title(loc="left")
        told[kpi] = "could be chance" in title.replace("\n", " ")
    noise = strip.loc[[*told], "within_noise_year_before"].fillna(False).astype(bool)

    assert len(report.series("cta_click_rate", periods=2)) > 2  # of groups, of which none is judged
    assert told == noise[[*told]].to_dict() and len(told) > 2
    plt.close("all")


class TestTrend:
    def test_of_no_point_nothing_is_said_of_hollow_ones_nor_of_the_axis(self, sessions):
        """September is there, October lacks; and months all of which are hidden."""
        ended = sessions.tail(2).assign(value=[12.0, None], flags=[[], ["partial"]])
        hidden = sessions.tail(2).assign(value=None, status="suppressed")

        for rows in (ended, hidden):
            (kept,) = kept_of(kl.plot.trend(rows).figure).values()
            assert not [each for each in kept.remarks if "hollow" in each or "axis" in each]

    def test_of_a_series_all_of_which_is_hidden_it_says_why(self):
        reason = "The group has fewer than {minimum} people."
        hides = {"value": None, "status": "suppressed", "reason": reason}
        whole = DATA.series("sessions", "2026-10", periods=3).assign(**hides)
        groups = DATA.series("sessions", "2026-10", periods=3, by="channel").assign(**hides)
        stock = whole.assign(opening=None, entries=None, exits=None)

        for draw, rows in (("trend", whole), ("lines", groups), ("movements", stock)):
            ax = getattr(kl.plot, draw)(rows)
            assert ax.get_title(loc="left") == "No figure may be shown", draw
            assert [text.get_text() for text in ax.texts] == [
                "Sessions: n/a: the group has fewer than 5\npeople"
            ], draw
            assert not ax.axison, draw

    def test_a_year_and_the_year_before(self, sessions):
        ax = kl.plot.trend(sessions)

        assert isinstance(ax, Axes)
        drawn = lines_of(ax)
        assert [float(n) for n in range(22, 35)] in drawn  # October 2025 to October 2026
        assert [float(n) for n in range(10, 23)] in drawn  # a year before

    def test_its_title_states_what_it_shows(self, sessions):
        title = kl.plot.trend(sessions).get_title(loc="left")
        assert title.startswith("Sessions rose by 55") and title.endswith("in a year")

    def test_half_a_month_is_not_held_against_a_whole_one(self):
        """ "Sales fell by 40 % in a year" stood above a month of seventeen days."""
        begun = SESSIONS[SESSIONS["started_at"] < "2026-10-01"]
        ended = SESSIONS[SESSIONS["started_at"] >= "2026-10-01"].head(20)
        data = kl.open({"sessions": pd.concat([begun, ended])}, as_of="2026-10-17")

        rows = data.series("sessions", "2026-10", periods=25)
        title = kl.plot.trend(rows).get_title(loc="left")
        assert title == "Sessions: 20 so far"
        told = [text.get_text() for text in kl.plot.trend(rows).texts]
        assert "a year before" not in told

    def test_a_year_that_the_records_do_not_hold_is_not_held_against_one_that_they_do(self):
        """ "Sessions rose by 150 % in a year" stood beside "nothing to compare with"."""
        ax = kl.plot.trend(DATA.series("sessions", "2025", periods=3))
        assert ax.get_title(loc="left") == "Sessions: 222"
        (kept,) = kept_of(ax.figure).values()
        assert not kept.key  # nothing is drawn of a year before
        assert list(kept.rows["period"]) == ["2024", "2025"]  # of 2023 nothing is known

    def test_quarters_and_weeks_are_named_in_the_language_of_the_reader(self):
        write_for("fr")
        try:
            quarters = kl.plot.trend(DATA.series("sessions", "2026-Q3", periods=3))
            weeks = kl.plot.trend(DATA.series("sessions", "2026-W40", periods=1))
            years = kl.plot.trend(DATA.series("sessions", "2025", periods=2))
        finally:
            write_for("en")
        drawn = (quarters, weeks, years)
        named = [[each.get_text() for each in ax.get_xticklabels()] for ax in drawn]
        assert named == [["T1\n2026", "T2", "T3"], ["S40\n2026"], ["2024", "2025"]]

    def test_a_title_says_of_a_change_that_it_could_be_chance_as_the_strip_does(self):
        """ "Click rate fell by 0.6 points" stood below "-0.6 pt, could be chance"."""
        rows = DATA.series("bounce_rate", "2026-10", periods=25)
        now, then = rows.index[-1], rows.index[12]
        far = rows.assign(value=0.5, ci_low=0.45, ci_high=0.55)
        far.loc[then, ["value", "ci_low", "ci_high"]] = [0.3, 0.25, 0.35]
        near = far.copy()
        near.loc[now, ["value", "ci_low", "ci_high"]] = [0.33, 0.28, 0.38]

        titles = [kl.plot.trend(each).get_title(loc="left") for each in (far, near)]
        said = [each.replace("\n", " ").replace("\u00a0", " ") for each in titles]
        assert said == [
            "Bounce rate rose by 20.0 points in a year",
            "Bounce rate rose by 3.0 points in a year (could be chance)",
        ]

    def test_one_reason_for_all_months_is_told_once(self):
        """A table that is missing stood below the chart twenty-five times."""
        (kept,) = kept_of(
            kl.plot.trend(DATA.series("revenue", "2026-10", periods=25)).figure
        ).values()
        assert list(kept.rows["period"]) == ["2026-10"]

    def test_rows_of_one_month_stay_in_the_order_they_came_in(self):
        asked = ["engaged_session_rate", "bounce_rate"]
        ax = kl.plot.lines(DATA.series(asked, "2026-10", periods=13), hue="kpi")
        (kept,) = kept_of(ax.figure).values()
        assert list(kept.rows["kpi"]) == 13 * asked

    def test_a_line_never_bridges_a_month_without_a_figure(self, sessions):
        rows = sessions.copy()
        rows.loc[rows["period"] == "2026-05", ["value", "ci_low", "ci_high"]] = None
        ax = kl.plot.trend(rows)

        stretches = [values for values in lines_of(ax) if 34.0 in values or 22.0 in values]
        assert [float(n) for n in range(22, 29)] in stretches  # October to April
        assert [float(n) for n in range(30, 35)] in stretches  # June to October

    def test_what_can_still_change_is_hollow(self, sessions):
        rows = sessions.copy()
        rows.at[rows.index[-1], "flags"] = ["partial"]
        ax = kl.plot.trend(rows)

        hollow = [line for line in ax.lines if line.get_markerfacecolor() == "white"]
        assert [list(line.get_ydata()) for line in hollow] == [[34.0]]

    def test_a_target_is_a_number_or_a_frame(self, sessions):
        path = pd.DataFrame(
            {"period_start": pd.to_datetime(["2026-08-01", "2026-09-01", "2026-10-01"]),
             "value": [30.0, 35.0, 40.0], "kind": "path"}
        )  # fmt: skip
        assert [30.0, 35.0, 40.0] in lines_of(kl.plot.trend(sessions, target=path))
        level = kl.plot.trend(sessions, target=33).lines
        assert any(list(line.get_ydata()) == [33, 33] for line in level)

    def test_it_draws_on_the_axes_given_and_passes_kwargs_on(self, sessions):
        _, axes = plt.subplots(1, 2)
        assert kl.plot.trend(sessions, ax=axes[1], color="red", lw=5) is axes[1]
        assert any(line.get_linewidth() == 5 for line in axes[1].lines)
        assert not axes[0].lines

    def test_several_kpis_are_refused_with_the_remedy(self):
        rows = DATA.series(["sessions", "bounce_rate"], "2026-10", periods=3)
        with pytest.raises(ParameterError) as caught:
            kl.plot.trend(rows)
        assert str(caught.value) == (
            "trend draws one KPI; these rows are of 2: sessions, bounce_rate. Draw them with "
            "kl.plot.lines(rows), or keep one: rows[rows['kpi'] == 'sessions']."
        )

    def test_several_groups_are_refused_with_the_remedy(self):
        rows = DATA.series("sessions", "2026-10", periods=3, by="channel")
        with pytest.raises(ParameterError, match="trend draws one row a period"):
            kl.plot.trend(rows)

    def test_a_frame_of_something_else_says_what_is_missing(self):
        with pytest.raises(ParameterError) as caught:
            kl.plot.trend(pd.DataFrame({"x": [1]}))
        assert str(caught.value) == (
            "trend draws rows of data.evaluate or data.series; these lack kpi, label, period, "
            "period_start, value, unit, status. Their columns are: x."
        )

    def test_no_row_is_no_chart(self, sessions):
        with pytest.raises(ParameterError, match="nothing to draw"):
            kl.plot.trend(sessions.head(0))


class TestLines:
    def test_groups_are_named_at_the_end_of_their_lines(self):
        rows = DATA.series("sessions", "2026-10", periods=13, by="channel")
        ax = kl.plot.lines(rows)
        said = {text.get_text() for text in ax.texts}
        assert {"Direct", "E-mail"} <= said

    def test_two_units_are_refused(self):
        rows = DATA.series(["sessions", "bounce_rate"], "2026-10", periods=3)
        with pytest.raises(ParameterError, match="lines draws one unit"):
            kl.plot.lines(rows)

    def test_lines_are_told_apart_without_colour(self):
        rows = DATA.series("sessions", "2026-10", periods=13, by="channel")
        drawn = [line for line in kl.plot.lines(rows).lines if len(line.get_ydata()) > 2]
        assert len({(line.get_linestyle(), line.get_marker()) for line in drawn}) == len(drawn)


class TestBars:
    def test_largest_first_with_figure_and_base(self):
        rows = DATA.evaluate("bounce_rate", "2026-10", by="channel")
        ax = kl.plot.bars(rows, whole=0.5)
        names = [text.get_text() for text in ax.get_yticklabels()]
        assert names == ["Direct", "E-mail"]  # four visits by e-mail are few: they come after
        assert {"30", "few: 4"} <= {text.get_text() for text in ax.texts}

    def test_long_names_leave_room_for_the_bars(self):
        rows = DATA.evaluate("bounce_rate", "2026-10", by="channel")
        rows["name"] = ["Search ads: sessions between firms", "E-mail"]
        ax = kl.plot.bars(rows)
        ax.figure.draw_without_rendering()
        names = [text.get_text() for text in ax.get_yticklabels()]
        assert names == ["Search ads: sessions\nbetween firms", "E-mail"]
        assert ax.get_position().width > 0.25

    def test_groups_of_one_name_are_a_bar_each(self):
        """Seaborn would draw one bar, their mean: 50 % and 25 %."""
        rows = DATA.evaluate("bounce_rate", "2026-10", by="channel").assign(name="Course")
        ax = kl.plot.bars(rows)

        drawn = sorted(bar.get_width() for each in ax.containers for bar in each)
        assert drawn == sorted(rows["value"])
        names = {text.get_text() for text in ax.get_yticklabels()}
        assert names == {"Course (direct)", "Course (email)"}

    def test_only_the_engine_says_who_stands_out(self):
        rows = DATA.evaluate("bounce_rate", "2026-10", by="channel")
        rows["stands_out"] = [True, False]
        ax = kl.plot.bars(rows, whole=0.5)
        colours = {bar.get_facecolor() for each in ax.containers for bar in each}
        assert len(colours) == 2

    def test_rows_without_groups_are_refused(self):
        with pytest.raises(ParameterError, match="These rows have no groups"):
            kl.plot.bars(DATA.evaluate("bounce_rate", "2026-10"))

    def test_a_group_that_is_hidden_keeps_its_name(self):
        rows = DATA.evaluate("sessions", "2026-10", by="channel")
        hides = rows["channel"] == "email"
        rows = rows.assign(
            value=rows["value"].mask(hides), status=rows["status"].mask(hides, "suppressed")
        )
        ax = kl.plot.bars(rows)
        assert [label.get_text() for label in ax.get_yticklabels()] == ["Direct", "E-mail"]
        (said,) = [text for text in ax.texts if text.get_text() == "hidden"]
        assert said.xy[1] == 1  # in the row of the group


class TestMovements:
    def test_a_stock_that_ends_as_it_began_went_nowhere(self):
        """One person joined before the first month that is drawn, and none since."""
        joined = pd.DataFrame({"kind": ["newsletter"], "person_key": "a", "status": "active"})
        joined = joined.assign(start_at=pd.Timestamp("2026-01-05"), end_at=pd.NaT)
        data = kl.open({"memberships": joined}, as_of="2026-10-31")
        ax = kl.plot.movements(data.series("email_list_size", "2026-10", periods=6))

        assert ax.get_title(loc="left").replace("\n", " ") == (
            "E-mail list size: 1 at the beginning and at the end"
        )

    def test_a_stock_whose_first_months_are_too_little_known_did_not_rise(self):
        """Customers known by orders of three months: who ordered before is nobody yet."""
        days = pd.to_datetime([f"2026-{month:02}-05" for month in (8, 9, 9, 10, 10, 10)])
        orders = pd.DataFrame({"order_id": list("abcdef"), "customer_id": list("uvwxyz")})
        orders = orders.assign(ordered_at=days, amount_ht=100.0, status="paid")
        data = kl.open({"orders": orders}, as_of="2026-10-31")
        ax = kl.plot.movements(data.series("active_customers", "2026-10", periods=3))

        assert ax.get_title(loc="left") == "Active customers: 6"

    def test_a_figure_that_is_no_stock_is_refused(self, sessions):
        with pytest.raises(ParameterError) as caught:
            kl.plot.movements(sessions)
        assert str(caught.value) == (
            "movements draws a stock, with opening, entries, exits; sessions has none. Draw it "
            "with kl.plot.trend(rows)."
        )


class TestPicture:
    def test_the_title_stands_above_the_picture_as_text(self, sessions):
        html = picture(kl.plot.trend(sessions).figure)
        assert html.count('<figcaption style="font-weight:600">Sessions rose by 55') == 1
        assert "<desc" in html and "<details>" in html

    def test_another_library_may_have_taken_the_prefix_of_pictures(self, sessions):
        ElementTree.register_namespace("", "http://www.w3.org/1999/xhtml")
        assert "<desc" in picture(kl.plot.trend(sessions).figure)

    def test_the_same_chart_is_the_same_bytes_and_its_ids_are_its_own(self, sessions):
        first, second = (picture(kl.plot.trend(sessions).figure, "a") for _ in range(2))
        assert first == second
        assert 'id="b-' in picture(kl.plot.trend(sessions).figure, "b")

    def test_an_event_is_numbered_and_told_and_never_markup(self, sessions):
        html = picture(kl.plot.trend(sessions, notes=EVENTS).figure)
        assert "19 March 2026: a &lt;b&gt;fair&lt;/b&gt;" in html and "<b>fair" not in html

    def test_an_own_chart_is_described_from_its_axes_and_marked(self):
        ax = sns.lineplot(x=[1, 2], y=[3, 4])
        ax.set(title="Mine", xlabel="day", ylabel="money")
        html = picture(ax.figure)
        assert 'data-described="axes"' in html and "Chart of Mine; day; money" in html

    def test_a_scale_of_colours_and_what_is_drawn_as_pixels_are_seen(self):
        sns.heatmap(pd.DataFrame([[1, 2], [3, 4]]))  # its scale has made a place for itself
        html = picture(plt.gcf())
        href = re.search(r'<image[^>]*\bhref="([^"]*)"', html)[1]
        assert base64.b64decode(href.removeprefix("data:image/png;base64,"))[1:4] == b"PNG"

        ax = plt.figure().add_subplot()
        ax.scatter([1, 2], [1, 2], c=[1, 2], rasterized=True)
        assert 'href="data:image/png;base64,' in picture(ax.figure)

    def test_what_an_analyst_says_of_her_chart_describes_it(self, sessions):
        ax = sns.lineplot(x=[1, 2], y=[3, 4])
        ax.figure.set_label("Money rises <b>fast</b>.")
        html = picture(ax.figure)
        assert "data-described" not in html
        assert "Money rises &lt;b&gt;fast&lt;/b&gt;. " in html and "<b>fast" not in html

        ours = kl.plot.trend(sessions).figure
        ours.set_label("Look at May.")
        assert "Look at May. Sessions, 13 figures" in picture(ours)

    def test_of_one_figure_and_of_one_mark_there_is_no_plural(self, sessions):
        html = picture(kl.plot.trend(sessions.tail(1)).figure)
        assert "figures:" not in html and "Sessions: " in html
        _, ax = plt.subplots()
        ax.plot([1, 2])
        assert "one mark." in picture(ax.figure)

    def test_an_own_chart_has_the_months_of_its_reader(self, sessions):
        write_for("fr")
        with matplotlib.rc_context(theme.THEME):
            grid = sns.relplot(sessions, x="period_start", y="value", kind="line")
            grid.figure.canvas.draw()
        html = picture(grid.figure)
        write_for("en")
        assert ">juil.</text>" in html and ">Jul</text>" not in html
        assert ">Jul</text>" in picture(grid.figure)

    def test_an_own_chart_has_the_decimals_of_its_reader(self):
        ax = sns.lineplot(x=[1, 2], y=[0.1, 0.4])
        write_for("fr")
        html = picture(ax.figure)
        write_for("en")
        assert ">0,25</text>" in html and ">0.25</text>" not in html
        assert ">0.25</text>" in picture(ax.figure)

    def test_what_an_analyst_asked_of_an_axis_is_kept(self):
        ax = sns.lineplot(x=[1, 2], y=[1e7, 3e7])
        ax.ticklabel_format(style="plain", axis="y")
        assert ">30000000</text>" in picture(ax.figure)

    def test_the_figure_is_left_as_it_was(self, sessions):
        ax = kl.plot.trend(sessions)
        before = ax.get_title(loc="left")
        picture(ax.figure)
        assert ax.get_title(loc="left") == before and ax._left_title.get_visible()

    def test_it_is_drawn_once_and_left_as_it_was(self, sessions, monkeypatch):
        """As by `savefig`, a page's picture has no ground, and the figure keeps its own."""
        figure, drawn, draw = kl.plot.trend(sessions).figure, [], Axes.draw
        monkeypatch.setattr(Axes, "draw", lambda ax, to: drawn.append(ax) or draw(ax, to))
        before = figure.canvas, figure.dpi, figure.get_facecolor(), figure.get_layout_engine()
        html = picture(figure)
        assert drawn == figure.axes
        after = figure.canvas, figure.dpi, figure.get_facecolor(), figure.get_layout_engine()
        assert after == before
        ground = ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])
        assert ground.find(".//{*}path").get("style") == "fill:none"


class TestTable:
    def test_it_says_so_where_most_of_those_asked_did_not_answer(self):
        rows = DATA.evaluate("bounce_rate", "2026-10")
        told = [kl.table(rows.assign(details=[{"response_rate": share}])) for share in (0.49, 0.5)]

        assert "49.0\u00a0% of those asked answered" in told[0]["Remarks"][0]
        assert "Remarks" not in told[1] or "of those asked" not in told[1]["Remarks"][0]

    def test_figures_with_names_and_units(self):
        told = kl.table(DATA.evaluate("bounce_rate", "2026-10", by="channel"))
        assert list(told)[:2] == ["Channel", "Bounce rate"] and told["Channel"].tolist() == [
            "Direct", "E-mail",
        ]  # fmt: skip
