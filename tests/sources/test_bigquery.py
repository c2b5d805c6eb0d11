"""GA4's export to BigQuery: events into sessions and the events of the site."""

from __future__ import annotations

import io
import json

import polars as pl
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.imports import Asked, import_files
from tests.sources.rows_left import left_out
from tests.sources.twins_web import clicked, company, event, lines, read, written
from tests.worked import exactly, groups, value

ASKED = {"timezone": "Europe/Paris", "as_of": "2026-09-01"}
PAGE = "https://www.site.example/courses?mail=someone@client.example"
MAIL = clicked("news", "email", "autumn")

# u1: one session of 40 s with two pages; u2: a session that began in the same second, one page and
# 8 s; without consent: a page view.
EVENTS = (
    event("first_visit", 0, ga_session_id=1, top_session_traffic_source_last_click=MAIL),
    event("session_start", 0, ga_session_id=1, top_session_traffic_source_last_click=MAIL),
    event("page_view", 1, ga_session_id=1, session_engaged="1", page_location=PAGE,
          top_session_traffic_source_last_click=MAIL),
    event("user_engagement", 30, ga_session_id=1, engagement_time_msec=25_500),
    event("page_view", 35, ga_session_id=1, page_location="https://www.site.example/"),
    event("file_download", 40, ga_session_id=1, engagement_time_msec=4500, file_name="a.pdf"),
    event("page_view", 1, "u2", ga_session_id=1, ga_session_number=3, engagement_time_msec=8000,
          session_engaged=0, page_location=PAGE),
    event("page_view", 9, None, page_location=PAGE),
)  # fmt: skip


def parquet(*events: dict) -> bytes:
    """Return events as BigQuery saves them: structures in lists, integers and texts apart."""
    kinds = ("string_value", "int_value", "float_value", "double_value")
    whole = [
        each | {
            "event_params": [
                {"key": one["key"], "value": {kind: one["value"].get(kind) for kind in kinds}}
                for one in each["event_params"]
            ]
        }
        for each in events
    ]  # fmt: skip
    made = io.BytesIO()
    pl.DataFrame(whole, infer_schema_length=None).write_parquet(made)
    return made.getvalue()


def sessions(tmp_path, *events, **told):
    [found] = read(written(tmp_path, "events.jsonl", lines(*events)), "ga4_bigquery", **told)
    return found


class TestSessions:
    @pytest.mark.parametrize(
        ("name", "content"), [("e.jsonl", lines(*EVENTS)), ("e.parquet", parquet(*EVENTS))]
    )
    def test_a_session_is_a_visitor_and_a_start(self, tmp_path, name, content):
        [found] = read(written(tmp_path, name, content), "ga4_bigquery")
        frame = found.frame.sort("pageviews")

        assert frame["pageviews"].to_list() == [1, 2]
        assert frame["engaged_s"].to_list() == [8.0, 30.0]
        assert frame["duration_s"].to_list() == [0.0, 40.0]
        assert frame["is_new_visitor"].to_list() == [False, True]
        assert frame["country"].to_list() == ["FR", "FR"]
        tables = {"sessions": found.frame}
        assert value(tables, "sessions", "2026-09", **ASKED) == 2
        assert value(tables, "unique_visitors", "2026-09", **ASKED) == 2
        # 30 s and two pages are engaged; 8 s and one page are not
        rates = kl.open(tables, **ASKED).evaluate("engaged_session_rate", "2026-09")
        assert rates["value"].iloc[0] == exactly(1 / 2)

    def test_people_and_addresses_do_not_stay(self, tmp_path):
        found = sessions(tmp_path, *EVENTS)

        texts = str(found.frame.rows())
        assert "u1" not in found.frame["visitor_id"].to_list()
        assert "client.example" not in texts
        assert found.frame["landing_page"].to_list() == ["/courses", "/courses"]

    def test_without_consent(self, tmp_path):
        found = sessions(tmp_path, *EVENTS)

        [(reason, (count, _))] = left_out(found.understood).items()
        assert reason.startswith("event without a session: consent was denied") and count == 1

    @pytest.mark.parametrize("flag", ["1", 1])
    def test_what_neither_time_nor_pages_explain_was_a_key_event(self, tmp_path, flag):
        found = sessions(tmp_path, event("page_view", 1, ga_session_id=1, session_engaged=flag))

        assert found.frame["key_events"].to_list() == [1]

    def test_key_events_are_told(self, tmp_path):
        found = sessions(
            tmp_path,
            event("page_view", 1, ga_session_id=1),
            event("form_submit", 2, ga_session_id=1),
            event("form_submit", 3, ga_session_id=1),
            Key_events="form_submit|sign_up",
        )

        assert found.frame["key_events"].to_list() == [2]
        assert not any("which events are key" in note for note in found.understood.block.notes)


class TestOrigin:
    COLLECTED = {"manual_source": "partner", "manual_medium": "referral"}
    FIRST = {"source": "google", "medium": "organic", "name": "(organic)"}

    def test_last_click_of_the_session(self, tmp_path):
        first = event("page_view", 1, ga_session_id=1, top_traffic_source=self.FIRST,
                      top_collected_traffic_source=self.COLLECTED,
                      top_session_traffic_source_last_click=MAIL)  # fmt: skip

        frame = sessions(tmp_path, first).frame

        assert frame.select("source", "medium", "campaign_id").rows() == [
            ("news", "email", "autumn")
        ]

    def test_what_was_collected(self, tmp_path):
        first = event("page_view", 1, ga_session_id=1, top_traffic_source=self.FIRST,
                      top_collected_traffic_source=self.COLLECTED)  # fmt: skip

        frame = sessions(tmp_path, first).frame

        assert frame.select("source", "medium", "campaign_id").rows() == [
            ("partner", "referral", None)
        ]

    def test_an_old_export_has_the_first_visit_only(self, tmp_path):
        found = sessions(
            tmp_path, event("page_view", 1, ga_session_id=1, top_traffic_source=self.FIRST)
        )

        assert groups({"sessions": found.frame}, "channel_sessions", "2026-09", "channel",
                      **ASKED) == {"organic_search": 1}  # fmt: skip
        assert any("first visit" in note for note in found.understood.block.notes)


class TestOneTableADay:
    def test_intraday_and_the_day_are_never_both(self, tmp_path):
        """The final table has an event more; the same events under two suffixes count once."""
        day = [
            event("page_view", at, ga_session_id=1, top__table_suffix="20260901")
            for at in (1, 2, 3)
        ]
        during = [
            event("page_view", at, ga_session_id=1, top__table_suffix="intraday_20260901",
                  page_location="early")
            for at in (1, 2)
        ]  # fmt: skip

        found = sessions(tmp_path, *day, *during)

        assert found.frame["pageviews"].to_list() == [3]
        reason = "event of an intraday table: the day's table is there"
        assert left_out(found.understood)[reason][0] == 2

    def test_intraday_alone_is_used(self, tmp_path):
        only = event("page_view", 1, ga_session_id=1, top__table_suffix="intraday_20260901")

        assert sessions(tmp_path, only).frame["pageviews"].to_list() == [1]

    def test_an_event_that_is_there_twice_counts_once(self, tmp_path):
        found = sessions(tmp_path, *EVENTS, *EVENTS)

        assert found.frame["pageviews"].sum() == 3


class TestImport:
    def test_sessions_and_events_of_one_file(self, tmp_path):
        site = company(tmp_path / "site")
        path = written(tmp_path, "events.jsonl", lines(*EVENTS))

        [done] = import_files([path], site, say=lambda _: None)

        # 4 page views (one without consent) and a download; starts and first visits are not read
        assert (done.tables["sessions"].added, done.tables["web_events"].added) == (2, 5)
        found = kl.open(site)
        assert value(found, "top_pages", "2026-09", by="page", group="/courses") == 3
        assert value(found, "page_views", "2026-09") == 3
        [again] = import_files([path], site, Asked(again=True), say=lambda _: None)
        assert not any(each.moved for each in again.tables.values())

    def test_no_events(self, tmp_path):
        made = io.BytesIO()
        pl.read_parquet(io.BytesIO(parquet(*EVENTS))).clear().write_parquet(made)

        [found] = read(written(tmp_path, "e.parquet", made.getvalue()), "ga4_bigquery")

        assert len(found.frame) == 0

    def test_seconds_instead_of_microseconds(self, tmp_path):
        wrong = event("page_view", 1, ga_session_id=1) | {"event_timestamp": 1_788_220_800}
        path = written(tmp_path, "e.jsonl", lines(wrong))

        with pytest.raises(ContractError, match="event_timestamp: 1 row"):
            read(path, "ga4_bigquery")

    def test_parameters_that_are_no_list(self, tmp_path):
        broken = event("page_view", 1, ga_session_id=1) | {"event_params": "page_view"}
        path = written(tmp_path, "e.jsonl", json.dumps(broken) + "\n")

        with pytest.raises(ContractError, match="event_params: 1 row"):
            read(path, "ga4_bigquery")
