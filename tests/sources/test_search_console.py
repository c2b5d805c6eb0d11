"""Google Search Console: single files, zip, workbook; French and English."""

from __future__ import annotations

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.imports import import_files
from tests.sources.twins_reading import Sheet, workbook
from tests.sources.twins_web import SEARCH_DAYS, SEARCH_ZIP, company, read, real, written, zipped
from tests.worked import exactly, value

ASKED = {"timezone": "Europe/Paris", "as_of": "2026-09-03"}
NAME = "google_search_console"


def days(tmp_path, text, name="Dates.csv"):
    [found] = read(written(tmp_path, name, text), NAME)
    return found.frame


def position(frame) -> float:
    return value({"acquisition_daily": frame}, "avg_search_position", "2026-09", **ASKED)


class TestDays:
    # 100 x 12.5 + 20 x 30 + 80 x 3 = 1250 + 600 + 240 = 2090, of 200 impressions
    POSITION = 10.45

    def test_position_is_weighed_by_impressions(self, tmp_path):
        frame = days(tmp_path, SEARCH_DAYS)

        assert (frame["clicks"].sum(), frame["impressions"].sum()) == (12, 200)
        assert position(frame) == exactly(self.POSITION)

    def test_english(self, tmp_path):
        text = SEARCH_DAYS.replace("Clics", "Clicks")

        assert position(days(tmp_path, text, "Chart.csv")) == exactly(self.POSITION)

    def test_saved_again_by_a_french_excel(self, tmp_path):
        text = (
            "Date;Clics;Impressions;CTR;Position\n"
            "2026-09-03;5;1\u00a0204;0,42 %;84,6\n"
            "2026-09-02;0;20;0,00 %;30\n"
        )

        frame = days(tmp_path, text)

        assert frame["impressions"].to_list() == [1204, 20]
        # 1204 x 84.6 + 20 x 30
        assert frame["sum_position"].sum() == exactly(101_858.4 + 600)

    def test_workbook(self, tmp_path):
        """A share is a fraction there, the tab has an English name."""
        rows = [
            ["Date", "Clics", "Impressions", "CTR", "Position"],
            ["2026-09-03", 5, 100, 0.05, 12.5],
            ["2026-09-02", 0, 20, 0, 30],
            ["2026-09-01", 7, 80, 0.0875, 3],
        ]
        made = workbook(Sheet("Chart", rows))

        [found] = read(written(tmp_path, "x.xlsx", made), NAME)

        assert position(found.frame) == exactly(self.POSITION)


class TestZip:
    def test_only_days_are_a_total(self, tmp_path):
        found = read(written(tmp_path, "site.zip", zipped(SEARCH_ZIP)), NAME)

        used = {each.id for each in found if each.understood.table.target}
        assert used == {"days"}
        others = {each.id: each.understood.sums for each in found if each.understood.table.unused}
        assert others == {
            "devices": {"clicks": 12, "impressions": 200},
            "countries": {"clicks": 12, "impressions": 200},
            "queries": {"clicks": 5, "impressions": 90},
            "pages": {"clicks": 9, "impressions": 250},
            "search_appearance": {"clicks": 1, "impressions": 9},
        }

    def test_import_says_what_is_not_used(self, tmp_path):
        site = company(tmp_path / "site")
        said: list[str] = []
        path = written(tmp_path, "site.zip", zipped(SEARCH_ZIP))

        import_files([path], site, say=said.append)

        assert value(kl.open(site), "avg_search_position", "2026-09") == exactly(10.45)
        assert any("rare queries are hidden" in line for line in said)

    @pytest.mark.parametrize(
        "filters",
        [
            "Filtre,Valeur\nType de recherche,Image\nDate,Les 3 derniers mois",
            "Filtre,Valeur\nType de recherche,Web\nRequête,+formation\nDate,Les 3 derniers mois",
        ],
    )
    def test_a_filtered_report_is_not_the_site(self, tmp_path, filters):
        site = company(tmp_path / "site")
        path = written(tmp_path, "x.zip", zipped(SEARCH_ZIP | {"Filtres.csv": filters}))

        with pytest.raises(ContractError, match="the report was filtered"):
            import_files([path], site, say=lambda _: None)


class TestComparison:
    @pytest.mark.parametrize(
        "header",
        [
            "Date,Last 28 days Clicks,Previous 28 days Clicks,Last 28 days Impressions,"
            "Previous 28 days Impressions",
            "Top queries,9/1/26 - 9/30/26 Clicks,8/1/26 - 8/31/26 Clicks,"
            "9/1/26 - 9/30/26 Impressions,8/1/26 - 8/31/26 Impressions",
            "Date,Clicks,Clicks,Impressions,Impressions",
        ],
    )
    def test_two_periods_side_by_side_are_refused(self, tmp_path, header):
        path = written(tmp_path, "Chart.csv", f"{header}\n2026-09-01,5,4,100,90\n")

        with pytest.raises(ContractError, match="two periods are compared"):
            read(path, NAME)


class TestReal:
    @pytest.mark.parametrize(
        ("name", "rows", "clicks"),
        [
            ("Dates.csv", 92, 676_311),
            ("Appareils.csv", 3, 676_311),
            ("Requêtes.csv", 59, 200_344),
            ("Pages.csv", 39, 403_108),
        ],
    )
    def test_figures(self, name, rows, clicks):
        [found] = read(real(f"google_search_console/{name}"), NAME)

        assert (found.understood.rows, found.understood.sums["clicks"]) == (rows, clicks)
        if name in ("Dates.csv", "Appareils.csv"):
            assert found.understood.sums["impressions"] == 38_473_290

    def test_days_are_used(self):
        [found] = read(real("google_search_console/Dates.csv"), NAME)

        assert found.frame["clicks"].sum() == 676_311
        assert found.frame["impressions"].sum() == 38_473_290
