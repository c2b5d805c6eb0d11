"""Dots, grids and points: what is drawn, what is said, what is refused."""

from __future__ import annotations

from itertools import combinations

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

import kpilib as kl
from kpilib.errors import ParameterError
from kpilib.show.chart import _KEPT, new_axes
from kpilib.show.figure import picture
from kpilib.show.margin import End, ends
from kpilib.show.theme import THEME
from tests.worked import rows

# 60 visits by e-mail of which 6 stay, 60 direct of which 48 stay; two mornings, one evening.
VISITS = rows(
    "session_id visitor_id started_at engaged_s pageviews key_events channel",
    *(
        (f"{channel}{number}", f"{channel}{number}", f"2026-10-{5 + number % 2:02d}T{hour}:00:00Z",
         60.0 if number < stay else 1.0, 1, 0, channel)
        for channel, stay, hour in (("email", 6, "07"), ("direct", 48, "18"))
        for number in range(60)
    ),
)  # fmt: skip
DATA = kl.open({"sessions": VISITS}, as_of="2026-10-31", timezone="UTC")


@pytest.fixture
def by_channel():
    return DATA.evaluate("bounce_rate", "2026-10", by="channel")


GROUPS = DATA.evaluate("bounce_rate", "2026-10", by="channel")
MONTHS = DATA.series("sessions", "2026-10", periods=3, by="channel")
PAIRS = DATA.evaluate(["sessions", "bounce_rate"], "2026-10", by="channel")
DRAWN = {"bars": GROUPS, "dots": GROUPS, "lines": MONTHS, "shares": MONTHS, "scatter": PAIRS}


class TestAsAsked:
    """What seaborn and matplotlib take is taken, by each of its names, without a warning."""

    @pytest.mark.parametrize("name", DRAWN)
    @pytest.mark.parametrize("asked", [{"lw": 3}, {"linewidth": 3}, {"alpha": 0.5}, {"zorder": 4}])
    def test_each_chart_takes_it(self, name, asked):
        assert getattr(kl.plot, name)(DRAWN[name], **asked).get_title(loc="left")

    def test_one_colour_takes_the_place_of_those_by_group(self):
        bars, dots, lines = (
            getattr(kl.plot, name)(DRAWN[name], color="red") for name in ("bars", "dots", "lines")
        )
        red = to_rgba("red")
        assert {bar.get_facecolor() for bar in bars.patches} == {red}
        assert {tuple(each) for each in dots.collections[-1].get_facecolor()} == {red}
        assert {to_rgba(line.get_color()) for line in lines.lines if line.get_marker() == "o"} <= {
            red
        }

    def test_the_bars_of_one_colour_keep_their_tooltips(self):
        plain, red = kl.plot.bars(GROUPS), kl.plot.bars(GROUPS, color="red")
        said = [[texts for _, texts in _KEPT[ax].tips] for ax in (plain, red)]

        assert said[0] == said[1] and len(said[0]) == 2

    def test_other_colours_are_those_of_another_column(self):
        ax = kl.plot.bars(GROUPS, hue="channel", palette=["red", "blue"])
        assert {bar.get_facecolor() for bar in ax.patches} == {to_rgba("red"), to_rgba("blue")}


def test_of_more_groups_than_have_room_the_largest_are_named():
    # Of two months, seven channels of 1 to 7 visits, and nine visits of an unknown one.
    visits = [
        (f"{month}{channel}{number}", f"{month}{channel}{number}", f"2026-{month}-05T10:00:00Z",
         f"c{channel}" if channel else None)
        for month in ("09", "10") for channel in range(8) for number in range(channel or 9)
    ]  # fmt: skip
    sessions = rows("session_id visitor_id started_at channel", *visits)
    data = kl.open({"sessions": sessions}, as_of="2026-10-31", timezone="UTC")
    found = data.series("sessions", "2026-10", periods=2, by="channel")
    ax = kl.plot.lines(found)

    said = {text.get_text() for text in ax.texts}
    assert {f"c{number}" for number in range(3, 8)} <= said and not {"c1", "c2"} & said
    kept = _KEPT[ax]
    assert list(kept.key) == ["Thin grey lines: (unknown); c1; c2."]
    assert len(kept.rows) == 16  # the table below has all
    assert {"c1", "c2"} <= {text.get_text() for text in kl.plot.lines(
        found[found["channel"].isin(["c1", "c2"])]
    ).texts}  # fmt: skip


class TestDots:
    def test_one_dot_a_group_and_its_interval(self, by_channel):
        ax = kl.plot.dots(by_channel)
        drawn = sorted(float(x) for each in ax.collections for x, _ in each.get_offsets() if x == x)

        assert [round(x, 4) for x in drawn if x > 0.05][-1] == 0.9  # 54 of 60
        assert [label.get_text() for label in ax.get_yticklabels()] == ["E-mail", "Direct"]

    def test_the_title_says_who_stands_out(self, by_channel):
        assert by_channel["stands_out"].all()
        title = kl.plot.dots(by_channel).get_title(loc="left").replace("\n", " ")

        assert title.startswith("Bounce rate: highest for E-mail, 90")

    def test_one_group_alone_or_all_alike_come_in_no_order(self, by_channel):
        told = by_channel.drop(columns="stands_out")
        alone = kl.plot.dots(told[told["channel"].eq("email")])
        assert alone.get_title(loc="left").startswith("Bounce rate: E-mail, 90")
        alike = kl.plot.dots(told.assign(value=0.5))
        assert alike.get_title(loc="left") == "Bounce rate by channel"

    def test_a_hidden_group_is_not_drawn(self, by_channel):
        hidden = by_channel.assign(
            status=by_channel["status"].where(by_channel["channel"].ne("email"), "suppressed")
        )
        ax = kl.plot.dots(hidden)

        assert not any("90" in text.get_text() for text in ax.texts)


class TestHeatmap:
    def test_days_and_hours_have_their_place_and_the_figures_theirs(self):
        ax = kl.plot.heatmap(DATA.evaluate("sessions", "2026-10", by=["weekday", "hour"]))
        written = [text.get_text() for text in ax.texts]

        assert len(ax.get_yticklabels()) == 24 and len(ax.get_xticklabels()) == 7
        assert written.count("30") == 4  # 60 visits of each channel over two days
        assert ax.get_title(loc="left").startswith("Sessions: highest for")

    def test_where_all_cells_are_alike_none_is_the_highest(self):
        found = DATA.evaluate("sessions", "2026-10", by=["weekday", "hour"]).assign(value=30.0)
        ax = kl.plot.heatmap(found)

        assert ax.get_title(loc="left") == "Sessions"
        assert _KEPT[ax].said == "Grid of 24 by 7. Every figure: 30."

    def test_one_breakdown_in_one_period_is_refused(self, by_channel):
        with pytest.raises(ParameterError, match="heatmap"):
            kl.plot.heatmap(by_channel)


class TestScatter:
    def test_one_point_a_group(self):
        found = DATA.evaluate(["sessions", "bounce_rate"], "2026-10", by="channel")
        ax = kl.plot.scatter(found)
        points = [pair for each in ax.collections for pair in each.get_offsets().tolist()]

        assert sorted([round(y, 2) for _, y in points]) == [0.2, 0.9]
        assert {x for x, _ in points} == {60.0}

    def test_groups_of_the_periods_compared_with_are_none_of_this_one(self):
        """Posts of a year ago stood in the table of October with 0 impressions."""
        found = DATA.evaluate(["sessions", "bounce_rate"], "2026-10", by="channel")
        gone = found.head(2).assign(kpi=["sessions", "bounce_rate"], channel="fax", n=0.0)
        gone = gone.assign(value=[0.0, None], status=["ok", "no_denominator"])
        kept = _KEPT[kl.plot.scatter(pd.concat([found, gone]))]

        assert len(kept.told) == 2 and not kept.key

    def test_one_group_alone_is_described_without_a_range(self):
        found = DATA.evaluate(["sessions", "bounce_rate"], "2026-10", by="channel")
        kept = _KEPT[kl.plot.scatter(found[found["channel"].eq("email")])]

        assert kept.said.startswith("Scatter chart of one point: ")

    def test_one_kpi_is_refused(self, by_channel):
        with pytest.raises(ParameterError, match="scatter"):
            kl.plot.scatter(by_channel)


@pytest.mark.parametrize("chart", ["dots", "heatmap", "scatter"])
def test_what_is_no_frame_of_figures_is_refused(chart):
    with pytest.raises(ParameterError, match=f"{chart} draws rows of data.evaluate"):
        getattr(kl.plot, chart)(pd.DataFrame({"x": [1]}))


def test_a_name_covers_no_point_and_no_other_name():
    found = DATA.evaluate(["sessions", "bounce_rate"], "2026-10", by="channel")
    long = found.assign(name=found["channel"] + " of a very long name")
    crowded = pd.concat(
        [long] + [long.assign(channel=f"c{n}" + long["channel"], name=f"c{n}") for n in range(2)]
    )
    ax = kl.plot.scatter(crowded)
    ax.figure.draw_without_rendering()
    names = [text for text in ax.texts if text.get_text() not in ("Bounce rate",)]
    boxes = [text.get_window_extent() for text in names]
    points = [
        ax.transData.transform(pair) for each in ax.collections for pair in each.get_offsets()
    ]

    assert names and not any(box.contains(*point) for box in boxes for point in points)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_group_without_a_row_for_one_of_two_figures_has_no_data():
    found = DATA.evaluate(["sessions", "bounce_rate"], "2026-10", by="channel")
    lacking = found[~(found["kpi"].eq("bounce_rate") & found["channel"].eq("email"))]
    told = _KEPT[kl.plot.scatter(lacking)].told

    assert told.loc[told.iloc[:, 0].eq("E-mail")].iloc[0, -1].startswith("no data")


@pytest.mark.parametrize("draw", ["trend", "bars", "dots", "lines", "heatmap", "shares"])
def test_an_axis_has_a_name_or_none(draw):
    """What keeps seaborn from looking for names is no name: it would take room."""
    by = None if draw == "trend" else "channel"
    asked = DATA.series("sessions", "2026-10", periods=2, by=by)
    ax = getattr(kl.plot, draw)(asked[-2:] if draw in ("bars", "dots") else asked)

    assert ax.get_xlabel() == ax.get_xlabel().strip()
    assert ax.get_ylabel() == ax.get_ylabel().strip()


def test_ends_that_are_far_apart_stand_where_they_would_once_the_chart_is_laid_out():
    far, near = [End(10.0, "a"), End(90.0, "b")], [End(49.0, "a"), End(51.0, "b")]
    for wanted, moved in ((far, False), (near, True)):
        ax = new_axes()
        ax.set_ylim(0, 100)
        ends(ax, wanted)
        at = [text.xy[1] for text in ax.texts]
        ax.figure.get_layout_engine().execute(ax.figure)
        points = ax.get_window_extent().height / ax.figure.dpi * 72

        assert (at != [end.place for end in wanted]) == moved
        assert (at[1] - at[0]) / 100 * points > wanted[0].height - 0.5


def test_the_year_before_stands_once_in_the_table_of_a_year():
    """It stood twice, as the period before too."""
    told = [list(kl.table(DATA.evaluate("bounce_rate", period, compare=["previous", "year_before"])
                          .assign(previous=0.2, year_before=0.2))) for period in ("2026", "2026-10")
            ]  # fmt: skip
    assert ["A period before" in each for each in told] == [False, True]
    assert all("A year before" in each for each in told)


def test_titles_of_charts_side_by_side_keep_to_their_own_width():
    figure, axes = plt.subplots(1, 2, figsize=(9, 3))
    kl.plot.bars(GROUPS, ax=axes[0])
    kl.plot.dots(GROUPS.assign(label="Visits that end on the page where they begin"), ax=axes[1])
    figure.canvas.draw()

    first, second = (ax._left_title.get_window_extent() for ax in axes)
    assert first.x1 < axes[1].get_tightbbox().x0 and second.x1 < figure.bbox.x1
    assert "\n" in axes[1].get_title(loc="left")


def test_a_chart_in_a_large_figure_has_its_title_in_one_line():
    _, ax = plt.subplots(figsize=(12, 4))
    kl.plot.dots(GROUPS.assign(label="Visits that end on the page where they begin"), ax=ax)
    assert "\n" not in ax.get_title(loc="left") and len(ax.get_title(loc="left")) > 44


@pytest.mark.parametrize(
    ("draw", "rows"),
    [(kl.plot.trend, "sessions"), (kl.plot.lines, "months"), (kl.plot.scatter, "pairs")],
)
def test_a_part_of_a_figure_is_drawn_into_as_a_figure_is(draw, rows):
    of = {
        "sessions": DATA.series("sessions", "2026-10", periods=3),
        "months": MONTHS,
        "pairs": PAIRS,
    }
    figure = plt.figure(layout="constrained", figsize=(8, 4))
    ax = figure.subfigures(1, 2)[0].subplots()
    draw(of[rows], ax=ax)
    figure.canvas.draw()
    assert ax.get_title(loc="left") and ax._left_title.get_window_extent().x1 < figure.bbox.x1 / 2


def test_a_place_made_by_hand_is_drawn_into_without_a_warning(recwarn):
    ax = plt.figure(layout="constrained").add_axes([0.2, 0.2, 0.6, 0.6])
    kl.plot.lines(MONTHS, ax=ax)
    picture(ax.figure)
    assert list(recwarn) == [] and ax.get_position().x0 == pytest.approx(0.2)


@pytest.mark.parametrize("asked", [{}, {"figsize": (5, 3)}], ids=["of one chart", "chosen"])
@pytest.mark.parametrize("grid", [(2, 2), (1, 3), (3, 1)])
def test_charts_beside_one_another_have_room_in_a_figure_of_any_size(grid, asked, recwarn):
    """Of `plt.subplots(2, 2)` each plot was a line, below a title of four."""
    with matplotlib.rc_context(THEME):
        figure, axes = plt.subplots(*grid, **asked)
        for ax, name in zip(axes.flat, ("dots", "lines", "bars", "dots"), strict=False):
            getattr(kl.plot, name)(DRAWN[name], ax=ax)
        shown = picture(figure)

    figure.canvas.draw()
    point = figure.dpi / 72
    plots = [ax.get_window_extent() for ax in axes.flat]
    assert all(plot.width > 80 * point and plot.height > 55 * point for plot in plots)
    with_labels = [ax.get_tightbbox() for ax in axes.flat]
    assert not any(one.overlaps(other) for one, other in combinations(with_labels, 2))
    assert [str(each.message) for each in recwarn] == []
    titles = [" ".join(ax.get_title(loc="left").split("\n")) for ax in axes.flat]
    assert all(f": {title}</summary>" in shown for title in titles)
