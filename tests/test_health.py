"""The state of the data: what moved, what lacks, where it comes from, what it costs."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import duckdb
import pandas as pd
import polars as pl
import pytest
from click.testing import CliRunner

import kpilib as kl
from kpilib.answers.worked_out import worked_out
from kpilib.cli import commands
from kpilib.health import moves as moving
from kpilib.health.look import covered, look
from kpilib.health.moves import by_day, moves
from kpilib.health.origin import findings, origins
from kpilib.health.told import costs
from kpilib.period import Period
from kpilib.sources.provenance import FILE, NAMES
from tests.sample_figures import SAMPLE

OCTOBER = Period.parse("2026-10")
WEEKEND, WEEKDAY = 20, 60  # a shop that is visited from Monday to Friday


def usual(day: date) -> int:
    return WEEKEND if day.weekday() >= 5 else WEEKDAY


def feed(first="2025-09-01", last="2026-10-31", change=None, leave_out=()):
    """One platform's daily clicks: the same every week, but for what a test changes."""
    days = [day.date() for day in pd.date_range(first, last) if str(day.date()) not in leave_out]
    changed = {date.fromisoformat(day): clicks for day, clicks in (change or {}).items()}
    return pd.DataFrame(
        {
            "date": pd.to_datetime(days),
            "platform": "search_console",
            "channel": "organic_search",
            "campaign_id": "",
            "item": "(all)",
            "clicks": [changed.get(day, usual(day)) for day in days],
        }
    )


def seen(**given):
    company = kl.open({"acquisition_daily": feed(**given)})
    return [str(each) for each in look(company, OCTOBER) if each.striking]


class TestMoves:
    def test_a_company_as_every_week_has_none(self):
        assert seen() == []

    def test_a_day_is_compared_with_its_weekday(self):
        # 60 is usual on a Monday and three times what is on a Sunday: 5 October was a Monday,
        # 4 October a Sunday.
        assert seen(change={"2026-10-05": 60}) == []
        assert seen(change={"2026-10-04": 61}) == [
            "acquisition_daily (search_console), clicks, 2026-10-04: 61, where 20 is usual on that "
            "weekday."
        ]

    @pytest.mark.parametrize(
        ("clicks", "named"),
        [
            # Monday: 60; chance varies by sqrt(60) = 7.7, 8 times that is 62: above 122 it is far,
            # and named from three times 60 on.
            (121, False), (179, False), (180, True), (6000, True),
            # below: at most 60 - 62 < 0, so that no low day of so small a feed is far
            (25, False),
        ],
    )  # fmt: skip
    def test_what_chance_explains_is_not_named(self, clicks, named):
        assert bool(seen(change={"2026-10-05": clicks})) is named

    def test_a_large_feed_that_breaks_down_is_named(self):
        # usual 60 000: the largest of sqrt = 245 and 10 % = 6 000; 8 times is 48 000, so that
        # 11 000 is far and under half, and 13 000 is not far enough.
        large = feed()
        large["clicks"] *= 1000
        monday = large["date"] == "2026-10-05"

        def found(clicks):
            company = kl.open({"acquisition_daily": large.assign(
                clicks=large["clicks"].where(~monday, clicks))})  # fmt: skip
            return [each.kind for each in look(company, OCTOBER) if each.striking]

        assert found(11_000) == ["day"]
        assert found(13_000) == []

    def test_cents_taken_for_euros_are_a_month_that_moved(self):
        every = {
            str(day.date()): 100 * usual(day)
            for day in pd.date_range("2026-10-01", OCTOBER.end_day)
        }

        # October 2026 has 22 weekdays and 9 days of weekends: (22 x 60 + 9 x 20) / 31 = 48.4 a day,
        # times 100. Of the twelve months before, the median lies between 47 and 49.
        (said,) = seen(change=every)
        assert said.startswith(
            "acquisition_daily (search_console), clicks, 2026-10: 4,839 a day, where 4"
        )

    def test_a_public_holiday_is_not_strange(self):
        large = feed(change={"2026-10-05": 1})
        large["clicks"] *= 1000
        calendar = pd.DataFrame({"date": ["2026-10-05"], "is_public_holiday": [True]})
        tables = {"acquisition_daily": large}

        assert len(list(moves(kl.open(tables).tables, tables, OCTOBER))) == 1
        assert moves(kl.open(tables | {"work_calendar": calendar}).tables, tables, OCTOBER) == []

    def test_a_series_that_jumps_by_nature_is_let_be(self):
        jumps = {f"2026-0{month}-15": 600 for month in (5, 6, 7, 8)}

        assert len(seen(change={"2026-10-05": 600})) == 1
        assert seen(change={"2026-10-05": 600, **jumps}) == []

    def test_too_short_a_past_says_nothing(self):
        # Mondays from 24 August to 28 September: six; one week later there are five.
        assert len(seen(first="2026-08-24", change={"2026-10-05": 600})) == 1
        assert seen(first="2026-08-25", change={"2026-10-05": 600}) == []

    def test_the_sample_has_few_and_each_is_what_was_planted(self):
        company = kl.open(SAMPLE)
        names = list(company.tables.given)
        found = [
            move for month in OCTOBER.trailing(14) for move in moves(company.tables, names, month)
        ]
        series = sum(len(by_day(company.tables, name)) for name in names)

        # 19 in fourteen months of some forty series; nine of them in the two months of the
        # back-to-school campaign and the post that went viral, one the first samples of flow.
        assert (series, len(found)) == (47, 19)
        assert sum(move.period.start >= date(2026, 9, 1) for move in found) == 10


class TestDays:
    def test_a_day_begins_at_local_midnight_on_every_engine(self):
        sessions = pd.DataFrame(
            {
                "session_id": ["1", "2", "3"],
                # 23:30 in Paris on 30 September; 00:30 on 1 October; 00:30 on 26 October (winter)
                "started_at": pd.to_datetime(
                    ["2026-09-30T21:30Z", "2026-09-30T22:30Z", "2026-10-25T23:30Z"], utc=True
                ),
            }
        )
        base = duckdb.connect()
        base.execute("set timezone = 'America/New_York'")
        base.register("frame", sessions)
        base.execute("create table sessions as select * from frame")
        expected = {date(2026, 9, 30): 1, date(2026, 10, 1): 1, date(2026, 10, 26): 1}

        for given in ({"sessions": sessions}, base):
            assert by_day(kl.open(given).tables, "sessions") == {("", "rows"): expected}

    def test_rows_that_stand_for_many_count_as_many(self):
        sessions = pd.DataFrame(
            {
                "session_id": ["a", "b"],
                "started_at": pd.to_datetime(["2026-10-01", "2026-10-01"], utc=True),
                "is_aggregate": [True, True],
                "sessions": [30, 12],
            }
        )

        assert by_day(kl.open({"sessions": sessions}).tables, "sessions") == {
            ("", "rows"): {date(2026, 10, 1): 42}
        }

    def test_pages_of_a_run_read_a_table_once_up_to_one_day(self, tmp_path, monkeypatch):
        read, one_more = [], moving._read
        monkeypatch.setattr(moving, "_read", lambda *of: read.append(of) or one_more(*of))
        found = []
        for last in (None, None, "2026-10-20"):
            company = kl.open({"acquisition_daily": feed()}, as_of=last)
            worked_out(company.tables).share(tmp_path, f"page {len(found)}")
            found.append(by_day(company.tables, "acquisition_daily"))

        first, again, shorter = found
        assert (len(read), again == first, shorter == first) == (2, True, False)

    def test_feeds_stand_in_one_order_however_an_engine_groups(self):
        names = [f"feed {number}" for number in range(9)]
        given = pd.concat([feed().assign(platform=name) for name in reversed(names)])
        found = by_day(kl.open({"acquisition_daily": given}).tables, "acquisition_daily")

        assert list(dict.fromkeys(who for who, _ in found)) == names

    def test_days_that_lack_are_named_and_counted(self):
        given = feed(leave_out=("2026-10-03", "2026-10-07"))
        company = kl.open({"acquisition_daily": given})

        assert [str(each) for each in look(company, OCTOBER)] == [
            "acquisition_daily (search_console): nothing on 2026-10-03, 2026-10-07."
        ]
        assert covered(company.tables, "acquisition_daily", OCTOBER) == (29, 31)

    def test_a_month_that_nobody_gave_is_named(self):
        """One lead a day since January, and none in May."""
        days = [day for day in pd.date_range("2026-01-01", "2026-10-31") if day.month != 5]
        leads = pd.DataFrame({"lead_id": [str(day) for day in days], "created_at": days})

        assert (
            "leads: nothing from 2026-05-01 to 2026-05-31, and something on most other days."
            in [
                str(each).removesuffix(" Was it exported?")
                for each in look(kl.open({"leads": leads}), OCTOBER)
            ]
        )

    def test_a_platform_that_rests_lacks_nothing(self):
        ads = feed(first="2026-10-12").assign(platform="google_ads")
        early = feed(first="2026-01-01", last="2026-01-31").assign(platform="google_ads")
        company = kl.open({"acquisition_daily": pd.concat([feed(), early, ads])})

        assert look(company, OCTOBER) == []

    def test_repeated_rows_and_instants_without_a_zone_can_wait(self):
        leads = pd.DataFrame(
            {"lead_id": ["1", "1"], "created_at": pd.to_datetime(["2026-10-01"] * 2)}
        )
        found = look(kl.open({"leads": leads}), OCTOBER)

        assert [str(each) for each in found] == [
            "leads: created_at: instants without a time zone are read as UTC.",
            "leads: 1 repeated rows were left out.",
        ]
        assert not any(each.striking for each in found)

    @pytest.mark.parametrize(
        ("written", "bare"),
        [
            ("2026-10-01T08:00:00", True), ("2026-10-01 08:00:00.5", True),
            ("2026-10-01T08:00:00Z", False), ("2026-10-01T08:00:00+02:00", False),
            ("2026-10-01", False),  # a day begins where the company is
        ],
    )  # fmt: skip
    def test_an_instant_as_text_says_its_zone_or_is_named(self, tmp_path, written, bare):
        (tmp_path / "leads.csv").write_text(f"lead_id,created_at\n1,{written}\n")
        found = look(kl.open({"leads": tmp_path / "leads.csv"}), OCTOBER)

        assert [each.kind for each in found] == (["no_zone"] if bare else [])


def imported(folder, *rows):
    """Write an imports.csv: (preset, table, imported on, first day, last day) of each row."""
    lines = [",".join(NAMES)]
    for number, row in enumerate(rows):
        preset, table, on, first, last, *others = row
        given = dict.fromkeys(NAMES, "") | {
            "file": f"export{number}.csv", "sha256": others[0] if others else str(number),
            "imported_on": f"{on}T09:00:00Z", "preset": preset, "table": table,
            "status": "verified" if preset != "brevo_campaigns" else "unverified",
            "first_day": first, "last_day": last,
        }  # fmt: skip
        lines.append(",".join(given[name] for name in NAMES))
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


class TestOrigins:
    def said(self, folder):
        return [str(each) for each in findings(folder, OCTOBER)]

    def test_without_imports_nothing_is_said(self, tmp_path):
        assert (origins(None), origins(tmp_path), self.said(tmp_path)) == ([], [], [])

    def test_each_source_is_named_with_its_days(self, tmp_path):
        imported(
            tmp_path,
            (
                "google_search_console",
                "acquisition_daily",
                "2026-10-03",
                "2026-09-01",
                "2026-09-30",
            ),
            (
                "google_search_console",
                "acquisition_daily",
                "2026-11-05",
                "2026-10-01",
                "2026-10-31",
            ),
        )
        (found,) = origins(tmp_path)

        assert (found.name, found.imported) == ("Google Search Console", date(2026, 11, 5))
        assert found.last == date(2026, 10, 31)
        assert self.said(tmp_path) == []

    def test_a_source_that_stops_before_the_month_does(self, tmp_path):
        imported(
            tmp_path,
            (
                "google_search_console",
                "acquisition_daily",
                "2026-10-30",
                "2026-10-01",
                "2026-10-28",
            ),
        )

        assert self.said(tmp_path) == [
            "Google Search Console, imported on 2026-10-30, ends on 2026-10-28: the rest of "
            "2026-10 is not in it."
        ]

    def test_last_months_export_taken_again(self, tmp_path):
        # Imported in November, when October is over; it does not even reach October.
        imported(
            tmp_path,
            (
                "google_search_console",
                "acquisition_daily",
                "2026-11-03",
                "2026-09-01",
                "2026-09-30",
            ),
        )

        assert self.said(tmp_path) == [
            "Google Search Console, imported on 2026-11-03, ends on 2026-09-30: perhaps an older "
            "export taken again."
        ]

    def test_the_same_bytes_in_two_months(self, tmp_path):
        row = ("google_search_console", "acquisition_daily")
        imported(
            tmp_path,
            (*row, "2026-10-03", "2026-09-01", "2026-10-31", "same"),
            (*row, "2026-11-03", "2026-09-01", "2026-10-31", "same"),
        )

        assert self.said(tmp_path) == [
            "export1.csv: the file imported on 2026-11-03 is the same as that of 2026-10-03."
        ]

    def test_what_was_never_tried_and_what_a_tool_estimates_is_said_once(self, tmp_path):
        imported(
            tmp_path, ("brevo_campaigns", "email_sends", "2026-11-03", "2026-10-06", "2026-10-20")
        )

        assert self.said(tmp_path) == [
            "Brevo campaigns: read by a description of its format, not yet tried on a real file. "
            "Compare its figures with the tool's own.",
            "Brevo campaigns: the tool itself estimates some of its figures.",
        ]


class TestCosts:
    def test_what_lacks_is_named_with_what_it_costs(self):
        days = pd.to_datetime(["2026-10-01"], utc=True)
        sessions = pd.DataFrame({"session_id": ["1"], "started_at": days, "pageviews": [2]})
        lines = list(costs(kl.open({"sessions": sessions}).tables))

        assert "  without column sessions.duration_s: no avg_session_duration" in lines
        assert "  without column sessions.engaged_s: no engaged_session_rate, bounce_rate" in lines
        assert lines[-1].startswith("No table yet for: ")
        assert "employees" in lines[-1]

    def test_an_assumption_makes_figures_approximate(self):
        posts = pd.DataFrame(
            {
                "post_id": ["1"], "network": ["linkedin"],
                "published_at": pd.to_datetime(["2026-10-01"], utc=True), "impressions": [10],
                "reactions": [1], "comments": [1], "shares": [1], "clicks": [1],
            }
        )  # fmt: skip
        lines = "\n".join(costs(kl.open({"social_posts": posts}).tables))

        assert "  without follows: approximate " in lines

    def test_the_sample_lacks_no_table(self):
        lines = list(costs(kl.open(SAMPLE).tables))
        lacking = [line for line in lines if not line.endswith("KPIs can be worked out.")]

        assert (len(lines), lacking) == (8, [])


class TestWhereItIsSaid:
    @pytest.fixture
    def company(self, tmp_path):
        (tmp_path / "tables").mkdir()
        (tmp_path / "company.yaml").write_text("name: Acme\nfreshness: {acquisition_daily: 3}\n")
        table = feed(change={"2026-10-05": 600}, leave_out=("2026-10-07",))
        table["date"] = table["date"].dt.date
        table.assign(sum_position=1.0, impressions=1000).to_parquet(
            tmp_path / "tables" / "acquisition_daily.parquet"
        )
        imported(
            tmp_path,
            (
                "google_search_console",
                "acquisition_daily",
                "2026-11-05",
                "2025-09-01",
                "2026-10-31",
            ),
        )
        return tmp_path

    def test_check_tells_all_of_it_and_succeeds(self, company):
        made = CliRunner().invoke(commands, ["check", "--data", str(company)])

        assert made.exit_code == 0
        for part in (
            "To be looked at: acquisition_daily (search_console), clicks, 2026-10-05: 600, where "
            "60 is usual on that weekday.",
            "To be looked at: acquisition_daily (search_console): nothing on 2026-10-07.",
            "acquisition_daily: 425 rows; 2025-09-01 to 2026-10-31; 30 of 31 days of 2026-10; "
            "Google Search Console of 2026-11-05.",
        ):
            assert part in made.output
        assert made.output.endswith("All well: no fault found.\n")
        strict = CliRunner().invoke(commands, ["check", "--strict", "--data", str(company)])
        assert (strict.exit_code, strict.stdout) == (1, made.stdout)
        assert strict.stderr == "2 line(s) to be looked at: exit code 1 (--strict).\n"

    @pytest.mark.parametrize(
        ("lang", "parts"),
        [
            ("en", ("600, where 60 is usual on that weekday", "30 of 31", "Imported from",
                    "Google Search Console, 5 November 2026")),
            ("fr", ("600, contre 60 d'habitude ce jour de la semaine", "30 sur 31",
                    "Importé depuis", "Google Search Console, 5 novembre 2026")),
        ],
    )  # fmt: skip
    def test_a_page_says_it_before_its_figures(self, company, lang, parts):
        report = kl.report("audience", period="2026-10", data=company, lang=lang)
        html = unescape(report.sources().data).replace("\u00a0", " ")

        for part in parts:
            assert part in html
        assert html.index(parts[0]) < html.index(parts[1])
        assert html == unescape(report.sources().data).replace("\u00a0", " ")

    def test_a_page_without_doubt_keeps_them_closed(self):
        table = feed().assign(sum_position=1.0, impressions=1000)
        report = kl.report("audience", period="2026-10", data={"acquisition_daily": table})
        html = report.sources().data

        assert "usual" not in html
        assert "Imported from" not in html


def test_the_days_of_this_file_are_what_they_are_said_to_be():
    assert date(2026, 10, 5).weekday() == 0
    assert date(2026, 10, 4) - timedelta(weeks=1) == date(2026, 9, 27)


class TestFlagsOfAFolder:
    """What company.yaml and imports.csv say of a table is said of its figures."""

    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "tables").mkdir()
        days = pl.DataFrame(
            {
                "session_id": ["a", "b"],
                "started_at": ["2026-10-01T12:00:00Z", "2026-10-31T12:00:00Z"],
            }
        )
        days.write_csv(tmp_path / "tables" / "sessions.csv")
        orders = pl.DataFrame(
            {"order_id": ["1"], "ordered_at": ["2026-09-09T12:00:00Z"], "amount_ht": ["100"],
             "customer_id": ["c"], "product_kind": ["inter"], "status": ["paid"],
             "currency": ["EUR"]}
        )  # fmt: skip
        orders.write_csv(tmp_path / "tables" / "orders.csv")
        return tmp_path

    @pytest.mark.parametrize(("allowed", "late"), [(51, True), (52, False)])
    def test_a_table_that_ends_earlier_than_allowed_is_late(self, folder, allowed, late):
        # From 9 September to 31 October: 52 days.
        text = f"name: A company\nfreshness: {{orders: {allowed}}}\n"
        (folder / "company.yaml").write_text(text, encoding="utf-8")
        row = kl.open(folder).evaluate("revenue", "2026-10").iloc[0]

        assert ("late" in row["flags"]) is late

    @pytest.mark.parametrize(("preset", "estimates"), [("ga4", True), ("matomo", False)])
    def test_what_a_tool_estimates_is_approximate(self, folder, preset, estimates):
        imported(folder, (preset, "sessions", "2026-11-02", "2026-10-01", "2026-10-31"))
        row = kl.open(folder).evaluate("sessions", "2026-10").iloc[0]

        assert row["value"] == 2
        assert ("approximate" in row["flags"]) is estimates


def test_a_table_that_no_kpi_can_read_is_not_all_well(tmp_path):
    (tmp_path / "company.yaml").write_text("name: Acme\ntimezone: Europe/Paris\n", encoding="utf-8")
    (tmp_path / "tables").mkdir()
    rows = "lead_id,created_at\na1,2026-10-03T10:00:00Z\na2,2026-10-23T10:00:00Z\n"
    (tmp_path / "tables" / "leads.csv").write_text(rows, encoding="utf-8")
    said = CliRunner().invoke(commands, ["check", "--data", str(tmp_path)]).output

    assert "without column leads.person_key: no " in said
    assert "All well" not in said
    assert "No fault found, and no KPI can be worked out of leads: add the columns" in said
