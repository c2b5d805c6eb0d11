"""GA4, user interface: reports, the snapshot, explorations; in English, French and Spanish."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.imports import Asked, import_files
from tests.sources.rows_left import left_out
from tests.sources.twins_web import (
    BY_DAY,
    CHANNEL,
    EXPLORATION,
    SNAPSHOT_ES,
    TRAFFIC,
    TRAFFIC_FR,
    company,
    ga4,
    read,
    real,
    written,
)
from tests.worked import exactly, groups, interval, one, value

ASKED = {"timezone": "Europe/Paris", "as_of": "2026-09-30"}
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))


def table(tmp_path, text: str, name: str = "report.csv") -> dict[str, pl.DataFrame]:
    found = [each for each in read(written(tmp_path, name, text), "ga4") if len(each.frame)]
    return {"sessions": next(each.frame for each in found if each.understood.table.target)}


class TestTrafficAcquisition:
    """Four channels: 100 + 60 + 4 + 1 sessions, 40 + 45 + 0 + 1 of them engaged."""

    @pytest.mark.parametrize(
        ("kpi", "up", "down"),
        [
            ("engaged_session_rate", 86, 165),
            ("bounce_rate", 79, 165),
            ("pages_per_session", 336, 165),  # 150 + 180 + 4 + 2 views
        ],
    )
    def test_rates_are_exact(self, tmp_path, kpi, up, down):
        row = one(table(tmp_path, TRAFFIC), kpi, "2026-09", **ASKED)

        assert (row["numerator"], row["denominator"]) == (up, down)
        assert (row["value"], row["status"]) == (exactly(up / down), "ok")
        assert "late" not in row["flags"]  # a month's sum is dated on its first day

    def test_sessions_by_channel(self, tmp_path):
        tables = table(tmp_path, TRAFFIC)

        assert value(tables, "sessions", "2026-09", **ASKED) == 165
        assert groups(tables, "channel_sessions", "2026-09", "channel", **ASKED) == {
            "direct": 100, "organic_search": 60, "unassigned": 5,  # AI Assistant, (not set)
        }  # fmt: skip
        rates = groups(tables, "engaged_session_rate", "2026-09", "channel", **ASKED)
        assert rates["organic_search"] == exactly(45 / 60)

    def test_users_cannot_be_added_over_channels(self, tmp_path):
        row = one(table(tmp_path, TRAFFIC), "unique_visitors", "2026-09", **ASKED)

        assert row["status"] == "not_additive"
        assert interval(row) == (80, 133)  # the largest channel, and 80 + 50 + 2 + 1

    def test_users_of_one_row_are_known(self, tmp_path):
        text = ga4("Year month,Sessions,Total users\n202609,165,120")

        assert value(table(tmp_path, text), "unique_visitors", "2026-09", **ASKED) == 120

    def test_engagement_time_is_a_sum_again(self, tmp_path):
        frame = table(tmp_path, TRAFFIC)["sessions"]

        # 100 x 20.5 + 60 x 33.25 + 4 x 1.5 + 1 x 3
        assert frame["engaged_s"].sum() == exactly(2050 + 1995 + 6 + 3)

    def test_the_days_are_said(self, tmp_path):
        [found] = read(written(tmp_path, "x.csv", TRAFFIC), "ga4")

        assert found.spans == [SEPTEMBER]
        assert found.understood.preset.status == "verified"
        assert found.understood.preset.approximate

    @pytest.mark.parametrize(("days", "day"), [("20260901 20260915", 15), ("20260908 20260930", 8)])
    def test_a_part_of_a_month_does_not_pass_for_the_month(self, tmp_path, days, day):
        text = ga4(f"{CHANNEL},Sessions\nDirect,100", days=days)

        tables = table(tmp_path, text)

        assert tables["sessions"]["started_at"].to_list() == [date(2026, 9, day)]
        assert "late" in one(tables, "sessions", "2026-09", **ASKED)["flags"]

    def test_french_headers(self, tmp_path):
        tables = table(tmp_path, TRAFFIC_FR)

        assert value(tables, "engaged_session_rate", "2026-09", **ASKED) == exactly(85 / 160)
        with pytest.raises(ContractError, match="column pageviews is missing"):
            one(tables, "pages_per_session", "2026-09", **ASKED)

    def test_without_engaged_sessions_the_rate_is_withheld(self, tmp_path):
        tables = table(tmp_path, ga4(f"{CHANNEL},Sessions\nDirect,100"))

        assert value(tables, "sessions", "2026-09", **ASKED) == 100
        row = one(tables, "engaged_session_rate", "2026-09", **ASKED)
        assert row["status"] == "not_additive"
        assert row["value"] != row["value"]

    def test_a_month_without_engaged_sessions_is_not_zero(self, tmp_path):
        """September tells its engaged sessions and October does not: October is not known."""
        october = ga4(f"{CHANNEL},Sessions\nDirect,100", days="20261001 20261031")
        both = pl.concat(
            [table(tmp_path, TRAFFIC)["sessions"], table(tmp_path, october)["sessions"]],
            how="diagonal",
        )
        asked = ASKED | {"as_of": "2026-10-31"}

        assert value({"sessions": both}, "bounce_rate", "2026-09", **asked) == exactly(79 / 165)
        row = one({"sessions": both}, "bounce_rate", "2026-10", **asked)
        assert row["value"] != row["value"]

    def test_more_engaged_sessions_than_sessions(self, tmp_path):
        path = written(tmp_path, "x.csv", ga4(f"{CHANNEL},Sessions,Engaged sessions\nDirect,1,2"))

        with pytest.raises(ContractError, match="more engaged sessions than sessions"):
            read(path, "ga4")

    def test_a_table_without_rows(self, tmp_path):
        [found] = read(written(tmp_path, "x.csv", ga4(f"{CHANNEL},Sessions")), "ga4")

        assert len(found.frame) == 0


class TestDays:
    def test_a_column_of_dates(self, tmp_path):
        [found] = read(written(tmp_path, "x.csv", BY_DAY), "ga4")

        assert sorted(found.frame["started_at"]) == [date(2026, 9, 1), date(2026, 9, 3)]
        assert found.spans == []  # each day has a row of its own
        # 10 x 0.3 + 20 x 0.45 = 3 + 9 engaged
        assert found.frame["engaged_sessions"].sum() == 12

    @pytest.mark.parametrize("header", ["Nth day", "Día\u00a0N", "Jour N", "Jour\u202fN"])
    def test_days_counted_from_the_start(self, tmp_path, header):
        text = ga4(f"{header},Sessions\n0000,5\n0013,7", days="20260925 20261020")
        text = text.replace("Start date", "Fecha de inicio")

        [found] = read(written(tmp_path, "x.csv", text), "ga4")

        assert found.frame["started_at"].to_list() == [date(2026, 9, 25), date(2026, 10, 8)]

    def test_the_order_of_days_does_not_matter(self, tmp_path):
        head, rows = BY_DAY.split("\r\n")[:10], BY_DAY.split("\r\n")[10:12]
        other = "\r\n".join([*head, *reversed(rows), ""])

        first, second = (table(tmp_path, text)["sessions"] for text in (BY_DAY, other))

        assert first.sort("session_id").equals(second.sort("session_id"))

    def test_a_day_that_cannot_be_read(self, tmp_path):
        path = written(tmp_path, "x.csv", ga4("Date,Sessions\n20261399,5"))

        with pytest.raises(ContractError, match="1 row.s. without a day"):
            read(path, "ga4")


class TestExploration:
    def test_the_total_comes_first_and_is_one_cell_longer(self, tmp_path):
        [found] = read(written(tmp_path, "download.csv", EXPLORATION), "ga4")

        assert left_out(found.understood) == {"totals row": (1, [8])}
        assert found.understood.totals["sessions"] == (30, 30)
        tables = {"sessions": found.frame}
        assert value(tables, "engaged_session_rate", "2026-09", **ASKED) == exactly(17 / 30)
        assert groups(tables, "channel_sessions", "2026-09", "channel", **ASKED) == {
            "organic_search": 12, "direct": 8, "email": 10,
        }  # fmt: skip

    def test_rows_that_lack_are_found_by_the_total(self, tmp_path):
        text = EXPLORATION.replace("0000,(direct) / (none),8,3,11\n", "")
        path = written(tmp_path, "x.csv", text)

        with pytest.raises(ContractError, match="Sessions: the rows add up to 22"):
            read(path, "ga4")


class TestDatedTotals:
    """Eight visits and two are ten, and not twenty."""

    ROWS = f"Date,{CHANNEL},Sessions\n20260901,Direct,8\n20260902,Email,2\n20260902,{{}},{{}}"

    @pytest.mark.parametrize("word", ["Total", "Totals", "Sous-total", "Suma total", "(all)"])
    def test_are_dropped_and_compared(self, tmp_path, word):
        [found] = read(written(tmp_path, "x.csv", ga4(self.ROWS.format(word, 10))), "ga4")

        assert found.frame["sessions"].sum() == 10
        assert left_out(found.understood) == {"totals row": (1, [13])}
        assert found.understood.totals == {"sessions": (10, 10)}

    def test_that_differ_are_refused(self, tmp_path):
        with pytest.raises(ContractError, match="add up to 10, the totals row says 12"):
            read(written(tmp_path, "x.csv", ga4(self.ROWS.format("Total", 12))), "ga4")

    def test_a_group_that_holds_the_word_is_a_group(self, tmp_path):
        [found] = read(
            written(tmp_path, "x.csv", ga4(self.ROWS.format("Total Energies", 4))), "ga4"
        )

        assert found.frame["sessions"].sum() == 14


class TestSnapshot:
    def test_each_table_is_told_apart(self, tmp_path):
        found = read(written(tmp_path, "snapshot.csv", SNAPSHOT_ES), "ga4")

        assert [each.id for each in found] == [
            "other", "other", "users_by_first_channel", "sessions", "retention", "pages",
        ]  # fmt: skip
        assert found[3].frame["sessions"].to_list() == [27, 1]
        assert found[5].understood.sums["views"] == 46  # a # in a title is no comment
        assert found[4].understood.table.unused.startswith("who comes back")

    def test_visits_that_stand_in_two_tables_are_taken_once(self, tmp_path):
        site = company(tmp_path / "site")
        campaigns = "\r\n".join(
            ["# Start date: 20260901", "# End date: 20260930", "Session campaign,Sessions",
             "autumn,20", "(direct),8", ""]
        )  # fmt: skip
        path = written(tmp_path, "x.csv", f"{SNAPSHOT_ES}\r\n# Campaigns\r\n{campaigns}")

        [done] = import_files([path], site, say=lambda _: None)

        assert value(kl.open(site), "sessions", "2026-09") == 28  # 27 + 1, and not 28 more
        assert any("the same visits" in each for each in done.refused)

    def test_no_table_of_another_tool(self, tmp_path):
        """Without GA4's first lines, a column called Sessions is not GA4's."""
        path = written(tmp_path, "x.csv", "Date,Sessions\n2026-09-01,5\n")

        with pytest.raises(AssertionError):
            read(path, "ga4")


class TestImport:
    @pytest.fixture
    def site(self, tmp_path):
        return company(tmp_path / "site")

    def test_a_month_arrives_and_comes_again_without_a_change(self, tmp_path, site):
        path = written(tmp_path, "Traffic.csv", TRAFFIC)

        [done] = import_files([path], site, say=lambda _: None)
        [again] = import_files([path], site, Asked(again=True), say=lambda _: None)

        assert done.tables["sessions"].added == 4
        assert not again.tables["sessions"].moved
        assert value(kl.open(site), "sessions", "2026-09") == 165

    def test_a_period_over_the_end_of_a_month_is_refused(self, tmp_path, site):
        text = TRAFFIC.replace("20260901", "20260815")
        path = written(tmp_path, "x.csv", text)

        with pytest.raises(ContractError, match="over the end of a month.*dimension Date"):
            import_files([path], site, say=lambda _: None)
        assert list((site / "tables").iterdir()) == []

        told = {"Period": "first day"}
        import_files([path], site, Asked(told=told), say=lambda _: None)
        assert value(kl.open(site), "sessions", "2026-08") == 165

    def test_two_reports_of_the_same_visits_are_refused(self, tmp_path, site):
        landing = written(tmp_path, "l.csv", ga4("Landing page,Sessions\n/courses,90\n/,75"))
        import_files([written(tmp_path, "t.csv", TRAFFIC)], site, say=lambda _: None)

        with pytest.raises(ContractError, match="days would count twice"):
            import_files([landing], site, say=lambda _: None)

    def test_two_reports_by_day_are_refused_too(self, tmp_path, site):
        country = written(tmp_path, "c.csv", ga4("Date,Country,Sessions\n20260901,France,9"))
        import_files([written(tmp_path, "t.csv", BY_DAY)], site, say=lambda _: None)

        with pytest.raises(ContractError, match="days would count twice"):
            import_files([country], site, say=lambda _: None)


class TestDimensions:
    def test_countries_by_name_and_by_letters(self, tmp_path):
        text = ga4("Country,Sessions\nFrance,3\nÉtats-Unis,2\nReino Unido,4\n(not set),1")

        frame = table(tmp_path, text)["sessions"]

        assert frame["country"].to_list() == ["FR", "US", "GB", None]

    def test_a_dimension_that_is_not_read_keeps_its_rows_apart(self, tmp_path):
        text = ga4(f"{CHANNEL},Device category,Sessions\nDirect,mobile,3\nDirect,desktop,2")

        frame = table(tmp_path, text)["sessions"]

        assert frame["session_id"].n_unique() == 2
        assert frame["sessions"].sum() == 5


class TestComparisons:
    @pytest.mark.parametrize("column", ["Segment", "Comparison", "Plage de dates"])
    def test_a_visit_that_stands_in_several_rows(self, tmp_path, column):
        text = ga4(f"{column},{CHANNEL},Sessions\nAll,Direct,5\nMobile,Direct,3")

        with pytest.raises(ContractError, match="segments or periods are compared"):
            read(written(tmp_path, "x.csv", text), "ga4")

    def test_two_periods_above_one_table(self, tmp_path):
        text = TRAFFIC.replace(
            "# End date: 20260930",
            "# End date: 20260930\r\n# Start date: 20260801\r\n# End date: 20260831",
        )

        with pytest.raises(ContractError, match="nothing says of which days"):
            read(written(tmp_path, "x.csv", text), "ga4")


class TestReal:
    @pytest.mark.parametrize(
        ("name", "rows", "sums"),
        [
            ("Pages_and_screens_2025.csv", 16, {"views": 951, "events": 4647, "key_events": 62}),
            ("Events_Event_name.csv", 21, {"events": 137_560}),
        ],
    )
    def test_figures(self, name, rows, sums):
        [found] = read(real(f"ga4/{name}"), "ga4")

        assert (found.understood.rows, found.understood.sums) == (rows, sums)

    def test_spanish(self):
        found = read(real("ga4/data-export_es_2023.csv"), "ga4")

        visits = next(each for each in found if each.id == "sessions")
        assert visits.frame["sessions"].sum() == 28
        assert visits.spans == [(date(2023, 4, 24), date(2023, 5, 21))]
