"""An analyst's own figures: what stands in them can be read, in whatever size they are."""

from __future__ import annotations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.dates import DateFormatter

from kpilib.display.numbers import write_for
from kpilib.show import theme
from kpilib.show.figure import picture
from kpilib.show.theme import HEIGHT, THEME, WIDTH

CHANNELS = ["direct", "display", "email", "organic_search", "organic_social", "paid_search",
            "paid_social", "referral", "(unknown)"]  # fmt: skip
MONTHS = pd.date_range("2025-10-01", periods=13, freq="MS", name="month")
WIDE = pd.DataFrame(np.arange(117).reshape(13, 9) * 11, index=MONTHS, columns=CHANNELS)
LONG = WIDE.melt(ignore_index=False, var_name="channel").reset_index()
LONG["period"] = LONG["month"].dt.strftime("%Y-%m")


@pytest.fixture(autouse=True)
def themed():
    with matplotlib.rc_context():
        theme.use()
        yield


def shown(figure):
    """Lay a figure out as a page does, and draw it."""
    picture(figure)
    figure.draw_without_rendering()
    return figure


def boxes(texts):
    return [each.get_window_extent() for each in texts if each.get_text()]


def overlapping(found):
    return [(one, two) for at, one in enumerate(found) for two in found[:at] if one.overlaps(two)]


class TestKey:
    @pytest.mark.parametrize("draw", [
        lambda: WIDE.plot(),
        lambda: WIDE.plot.area(figsize=(10, 4)),
        lambda: sns.lineplot(LONG, x="month", y="value", hue="channel"),
    ], ids=["pandas", "of a chosen size", "seaborn"])  # fmt: skip
    def test_a_large_one_stands_above_the_plot_whole(self, draw):
        ax = draw()
        figure = shown(ax.figure)

        key = ax.get_legend().get_window_extent()
        assert key.y0 >= ax.bbox.y1 and key.y1 <= figure.bbox.y1 and key.x1 <= figure.bbox.x1
        assert len(ax.get_legend().get_texts()) == len(CHANNELS)
        assert ax.bbox.height > 100

    def test_a_title_of_one_of_several_charts_stands_above_its_key(self):
        figure, (left, _) = plt.subplots(1, 2)
        WIDE.plot(ax=left, title="Sessions")
        left.set_title("")
        left.set_title("Sessions", loc="left")
        shown(figure)
        title = left._left_title.get_window_extent()
        assert title.y0 >= left.get_legend().get_window_extent().y1 - 1
        assert title.y1 <= figure.bbox.y1

    @pytest.mark.parametrize("place", ["upper left", "center"])
    def test_who_places_it_has_decided(self, place):
        ax = WIDE.plot()
        ax.legend(loc=place)
        before = ax.get_legend()
        shown(ax.figure)
        assert ax.get_legend() is before and before.get_window_extent().y0 < ax.bbox.y1

    def test_a_small_one_stays_in_the_plot(self):
        ax = WIDE[["direct", "email"]].plot()
        shown(ax.figure)
        key = ax.get_legend().get_window_extent()
        assert key.y1 <= ax.bbox.y1 and ax.figure.get_figheight() * 72 == pytest.approx(HEIGHT)

    @pytest.mark.filterwarnings("ignore:The copy keyword")  # of seaborn itself
    def test_that_of_seaborn_objects_hides_no_line(self):
        so = pytest.importorskip("seaborn.objects")
        plot = so.Plot(LONG, x="month", y="value", color="channel").add(so.Line())
        figure = plot.on(plt.figure()).plot()._figure
        shown(figure)
        (ax,) = figure.axes
        assert not figure.legends
        assert ax.get_legend().get_window_extent().y0 >= ax.bbox.y1

    def test_one_that_seaborn_put_beside_the_plot_stays_there_and_hides_nothing(self):
        grid = sns.displot(LONG, x="value", hue="channel", kind="kde")
        figure = shown(grid.figure)
        (key,) = figure.legends
        assert key.get_window_extent().x0 >= figure.axes[0].bbox.x1


class TestLabels:
    @pytest.mark.parametrize("column", ["channel", "period"])
    @pytest.mark.parametrize("size", [None, (6, 3)])
    def test_those_that_would_run_into_one_another_are_turned(self, column, size):
        _, ax = plt.subplots(figsize=size)
        sns.barplot(LONG, x=column, y="value", ax=ax)
        shown(ax.figure)
        assert {each.get_rotation() for each in ax.get_xticklabels()} == {45.0}
        assert min(box.y0 for box in boxes(ax.get_xticklabels())) >= 0

    def test_those_that_have_room_stay_level(self):
        ax = sns.barplot(LONG[LONG["channel"].isin(["direct", "email"])], x="channel", y="value")
        shown(ax.figure)
        assert {each.get_rotation() for each in ax.get_xticklabels()} == {0.0}

    def test_of_many_periods_some_are_named_and_the_last_one(self):
        periods = [f"2026-W{number:02d}" for number in range(1, 41)]
        ax = sns.lineplot(x=periods, y=range(40))
        shown(ax.figure)
        texts = [each.get_text() for each in ax.get_xticklabels()]
        assert texts[-1] == "2026-W40" and 8 <= len([*filter(None, texts)]) <= 20

    def test_months_that_pandas_names_in_french_do_not_touch(self):
        write_for("fr")
        ax = WIDE[["direct", "email"]].plot(secondary_y="email")
        shown(ax.figure)
        write_for("en")
        labels = [*ax.get_xticklabels(), *ax.get_xticklabels(minor=True)]
        seen = [each for each in labels if each.get_visible()]
        assert overlapping(boxes(seen)) == [] and len(boxes(seen)) >= 5

    def test_those_around_a_circle_stay_level(self):
        _, ax = plt.subplots(subplot_kw={"projection": "polar"})
        ax.plot(np.linspace(0, 6, 12), range(12))
        ax.set_xticks(np.arange(12) * np.pi / 6, [*"JFMAMJJASOND"])
        shown(ax.figure)
        assert {each.get_rotation() for each in ax.get_xticklabels()} == {0.0}

    def test_who_turned_them_has_decided(self):
        ax = sns.barplot(LONG, x="channel", y="value")
        plt.xticks(rotation=20)
        shown(ax.figure)
        assert {each.get_rotation() for each in ax.get_xticklabels()} == {20.0}

    def test_the_figures_of_a_grid_and_the_days_of_its_rows_can_be_read(self):
        ax = sns.heatmap(WIDE, annot=True, fmt=".0f")
        shown(ax.figure)
        assert overlapping(boxes(ax.texts)) == [] == overlapping(boxes(ax.get_yticklabels()))
        assert [each.get_text() for each in ax.get_yticklabels()][0] == "2025-10-01"

    def test_thirty_bars_have_a_line_each(self):
        names = [f"campaign {number}" for number in range(30)]
        ax = pd.Series(range(30), index=names).plot.barh()
        shown(ax.figure)
        assert overlapping(boxes(ax.get_yticklabels())) == []

    def test_titles_of_facets_keep_to_their_plot(self):
        grid = sns.relplot(LONG, x="month", y="value", col="channel", col_wrap=3, height=2)
        figure = shown(grid.figure)
        titles = boxes([ax._left_title for ax in figure.axes])
        assert len(titles) == len(CHANNELS) and overlapping(titles) == []
        assert min(box.y0 for ax in figure.axes for box in boxes([ax.xaxis.label])) >= 0


class TestWords:
    """Codes, known by the column that an axis, a key or a facet is called, and months of pandas."""

    @pytest.fixture(autouse=True)
    def french(self):
        write_for("fr")
        yield
        write_for("en")

    @pytest.mark.parametrize("again", [False, True])
    def test_codes_on_an_axis(self, again):
        ax = sns.barplot(LONG, x="value", y="channel")
        shown(ax.figure)
        if again:  # a later cell changed it
            shown(ax.figure)
        assert ax.get_ylabel() == "Canal" and ax.get_xlabel() == "value"
        assert [each.get_text() for each in ax.get_yticklabels()][:4] == [
            "Direct", "Bannières", "E-mail", "Recherche organique",
        ]  # fmt: skip

    @pytest.mark.parametrize("draw", [
        lambda: sns.lineplot(LONG, x="month", y="value", hue="channel").get_legend(),
        lambda: sns.displot(LONG, x="value", hue="channel", kind="kde").figure.legends[0],
    ], ids=["of an axes", "of a figure"])  # fmt: skip
    def test_codes_in_a_key(self, draw):
        key = draw()
        picture(key.figure)
        (key,) = [*(each.get_legend() for each in key.figure.axes if each.get_legend()),
                  *key.figure.legends]  # fmt: skip
        assert key.get_title().get_text() == "Canal"
        assert key.get_texts()[-1].get_text() == "(inconnu)"

    def test_codes_in_titles_of_facets(self):
        few = LONG[LONG["channel"].isin(["direct", "email"])]
        grid = sns.relplot(few, x="month", y="value", col="channel")
        shown(grid.figure)
        assert [ax.get_title(loc="left") for ax in grid.figure.axes] == [
            "Canal\u00a0: Direct", "Canal\u00a0: E-mail",
        ]  # fmt: skip

    def test_what_is_called_otherwise_stays_as_it_is(self):
        ax = sns.barplot(
            LONG.rename(columns={"channel": "How they came"}), x="How they came", y="value"
        )
        shown(ax.figure)
        assert ax.get_xticklabels()[0].get_text() == "direct"

    def test_months_of_a_format_of_ones_own(self):
        _, ax = plt.subplots()
        ax.plot(MONTHS, WIDE["direct"])
        ax.xaxis.set_major_formatter(DateFormatter("%b %Y"))
        shown(ax.figure)
        assert "janv. 2026" in [each.get_text() for each in ax.get_xticklabels()]

    def test_months_that_pandas_writes(self):
        ax = WIDE["direct"].plot()
        shown(ax.figure)
        texts = {
            each.get_text() for minor in (False, True) for each in ax.get_xticklabels(minor=minor)
        }
        assert {"janv.\n2026", "août"} <= texts and "Aug" not in texts


def test_ten_groups_have_ten_colours():
    """pandas began anew after six: direct and paid social were one."""
    assert len({line.get_color() for line in WIDE.plot().lines}) == len(CHANNELS)


@pytest.mark.parametrize(
    ("grid", "asked", "found"),
    [
        ((1, 2), {}, (2 * WIDTH, HEIGHT)),  # as wide as a page
        ((1, 1), {}, (WIDTH, HEIGHT)),
        ((3, 1), {}, (WIDTH, 450)),
        ((2, 1), {"figsize": (3, 1)}, (216, 72)),  # who draws it has decided
    ],
)
def test_a_figure_of_ones_own_charts_grows_where_nobody_chose_its_size(grid, asked, found):
    with matplotlib.rc_context(THEME):
        figure, axes = plt.subplots(*grid, squeeze=False, **asked)
        for ax in axes.flat:
            ax.plot([1, 2], [1, 2])
        picture(figure)
    assert figure.get_size_inches() * 72 == pytest.approx(found)
