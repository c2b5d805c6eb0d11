"""Matomo: raw and translated names, UTF-16, nothing to tell."""

from __future__ import annotations

from datetime import date

import pytest

from kpilib.errors import ContractError
from kpilib.sources.imports import import_files
from tests.sources.twins_web import (
    MATOMO_DAYS,
    MATOMO_FR,
    company,
    read,
    real,
    utf16,
    written,
)
from tests.worked import exactly, groups, interval, one, value

ASKED = {"timezone": "Europe/Paris", "as_of": "2026-09-30"}


def visits(path, **told):
    [found] = read(path, "matomo", **told)
    return found


class TestVisits:
    @pytest.mark.parametrize("content", [MATOMO_DAYS, utf16(MATOMO_DAYS)], ids=["utf8", "utf16"])
    def test_days(self, tmp_path, content):
        found = visits(written(tmp_path, "x.csv", content))
        tables = {"sessions": found.frame}

        assert found.spans == []
        # 10 + 6 visits; 4 + 6 bounces; 25 + 6 actions
        assert value(tables, "sessions", "2026-09", **ASKED) == 16
        assert one(tables, "bounce_rate", "2026-09", **ASKED)["value"] == exactly(10 / 16)
        assert one(tables, "pages_per_session", "2026-09", **ASKED)["value"] == exactly(31 / 16)
        assert interval(one(tables, "unique_visitors", "2026-09", **ASKED)) == (8, 13)
        assert any("actions" in note for note in found.understood.block.notes)

    def test_a_month_in_french(self, tmp_path):
        found = visits(written(tmp_path, "x.csv", utf16(MATOMO_FR)))
        tables = {"sessions": found.frame}

        assert found.spans == [(date(2026, 9, 1), date(2026, 9, 30))]
        assert value(tables, "bounce_rate", "2026-09", **ASKED) == exactly(15 / 60)
        assert value(tables, "unique_visitors", "2026-09", **ASKED) == 40  # one row: known

    def test_bounces_by_their_share(self, tmp_path):
        text = MATOMO_FR.replace("Rebonds,", "Autre,")

        frame = visits(written(tmp_path, "x.csv", text)).frame

        assert frame["engaged_sessions"].to_list() == [45]  # 60 x (1 - 25 %)

    def test_a_week(self, tmp_path):
        text = 'date,nb_visits,nb_actions\n"2026-09-07,2026-09-13",6,12\n'

        found = visits(written(tmp_path, "x.csv", text))

        assert found.spans == [(date(2026, 9, 7), date(2026, 9, 13))]

    def test_channels(self, tmp_path):
        text = (
            "date,label,nb_visits,nb_actions,bounce_count\n"
            "2026-09-01,Direct Entry,4,9,1\n2026-09-01,Search Engines,6,8,4\n"
            "2026-09-01,AI Assistants,1,2,0\n"
        )

        tables = {"sessions": visits(written(tmp_path, "x.csv", text)).frame}

        assert groups(tables, "channel_sessions", "2026-09", "channel", **ASKED) == {
            "direct": 4, "organic_search": 6, "unassigned": 1,
        }  # fmt: skip

    def test_without_dates(self, tmp_path):
        text = "\n".join(line.partition(",")[2] for line in MATOMO_DAYS.splitlines()[:2])
        path = written(tmp_path, "x.csv", text)

        with pytest.raises(ContractError, match="nothing says of which days.*period=day"):
            visits(path)
        assert visits(path, Period="2026-09-01/2026-09-01").frame["sessions"].to_list() == [10]

    def test_nothing_to_tell(self, tmp_path):
        path = written(tmp_path, "x.csv", utf16("No data available"))

        with pytest.raises(ContractError, match="x.csv"):
            import_files([path], company(tmp_path / "site"), say=lambda _: None)


class TestReal:
    def test_month(self):
        found = visits(real("matomo/API.get_month.csv"))

        assert found.spans == [(date(2010, 3, 1), date(2010, 3, 31))]
        assert found.frame.select("sessions", "engaged_sessions", "unique_visitors").rows() == [
            (2, 1, 1)
        ]

    def test_day_without_its_date(self):
        path = real("matomo/VisitsSummary.get_day.csv")

        with pytest.raises(ContractError, match="nothing says of which days"):
            visits(path)
        frame = visits(path, Period="2009-01-04/2009-01-04").frame
        assert frame.select("sessions", "engaged_sessions", "unique_visitors").rows() == [(2, 0, 2)]
