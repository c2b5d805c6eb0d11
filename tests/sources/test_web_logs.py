"""Logs of a web server into sessions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.imports import import_files
from kpilib.sources.weblog import origin
from tests.sources.rows_left import left_out
from tests.sources.twins_web import LOG, company, read, written
from tests.worked import exactly, groups, value

ASKED = {"timezone": "Europe/Paris", "as_of": "2026-09-01"}


@pytest.fixture
def found(tmp_path):
    [only] = read(written(tmp_path, "access.log", LOG), "web_logs")
    return only


class TestSessions:
    def test_a_pause_of_more_than_30_minutes_begins_a_new_one(self, found):
        """Firefox: 10:00 and 10:30 together, 11:00:01 anew; the telephone behind the same address
        is someone else; the search engine's robot, the missing page and the form are none."""
        frame = found.frame.sort("started_at", "pageviews")

        assert frame.select("started_at", "pageviews", "duration_s").rows() == [
            (datetime(2026, 9, 1, 8, 0, tzinfo=UTC), 1, 0.0),
            (datetime(2026, 9, 1, 8, 0, tzinfo=UTC), 2, 1800.0),
            (datetime(2026, 9, 1, 9, 0, 1, tzinfo=UTC), 1, 0.0),
        ]

    def test_figures(self, found):
        tables = {"sessions": found.frame}

        assert value(tables, "sessions", "2026-09", **ASKED) == 3
        assert value(tables, "unique_visitors", "2026-09", **ASKED) == 2
        pages = kl.open(tables, **ASKED).evaluate("pages_per_session", "2026-09")
        assert pages["value"].iloc[0] == exactly(4 / 3)
        assert groups(tables, "channel_sessions", "2026-09", "channel", **ASKED) == {
            "email": 1, "organic_search": 1, "direct": 1,  # the site's own page is no referrer
        }  # fmt: skip

    def test_what_was_left_out_is_said(self, found):
        notes = " / ".join(found.understood.block.notes)

        left = left_out(found.understood)
        assert left["request of a program, told by its agent"][0] == 1
        assert left["request that shows no page"][0] == 3  # style, missing, form
        assert "approximate" in notes
        assert found.understood.preset.approximate

    def test_addresses_and_agents_do_not_stay(self, found):
        texts = str(found.frame.rows())

        assert "203.0.113.5" not in texts
        assert "Firefox" not in texts
        assert found.frame["landing_page"].to_list().count("/courses") == 1  # without its tags

    def test_a_day_that_does_not_exist(self, tmp_path):
        path = written(tmp_path, "access.log", LOG.replace("01/Sep", "31/Sep"))

        with pytest.raises(ContractError) as caught:
            read(path, "web_logs")
        [said] = caught.value.faults
        assert said.startswith("access.log:1: column time: not a date and time written %d/%b/%Y")
        assert said.endswith(", and in 7 more row(s).")

    def test_a_log_of_robots_only(self, tmp_path):
        robots = "".join(line + "\n" for line in LOG.splitlines() if "Googlebot" in line)

        [only] = read(written(tmp_path, "access.log", robots), "web_logs")

        assert len(only.frame) == 0


class TestImport:
    def test_the_next_file_goes_on(self, tmp_path):
        site = company(tmp_path / "site")
        later = LOG.replace("01/Sep", "02/Sep")

        import_files([written(tmp_path, "access.log.1", LOG)], site, say=lambda _: None)
        [done] = import_files([written(tmp_path, "access.log", later)], site, say=lambda _: None)

        assert done.tables["sessions"].added == 3
        assert value(kl.open(site), "sessions", "2026-09") == 6
        assert value(kl.open(site), "unique_visitors", "2026-09") == 2


class TestOrigin:
    @pytest.mark.parametrize(
        ("target", "referrer", "expected"),
        [
            ("/", "", ("(direct)", "(none)", None)),
            ("/", "https://www.site.example/a", ("(direct)", "(none)", None)),
            ("/", "https://www.bing.com/", ("bing.com", "organic", None)),
            ("/", "https://partner.example/x", ("partner.example", "referral", None)),
            ("/?utm_source=s&utm_medium=cpc", "", ("s", "cpc", None)),
            ("/?utm_source=s&utm_campaign=c", "", ("s", "(not set)", "c")),
            ("/", "http://[broken", ("(direct)", "(none)", None)),
        ],
    )
    def test_from_tags_or_the_page_before(self, target, referrer, expected):
        assert origin(target, referrer, "site.example") == expected
