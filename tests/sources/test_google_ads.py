"""Google Ads: both flavours, English and French."""

from __future__ import annotations

from datetime import date

import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.sources.imports import Asked, import_files
from tests.sources.rows_left import left_out
from tests.sources.twins_web import (
    ADS,
    ADS_DAYS_TABS,
    ADS_FR,
    company,
    read,
    real,
    utf16,
    written,
)
from tests.worked import exactly, value

NAME = "google_ads"
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))


def campaigns(path, currency="EUR", **told):
    [found] = read(path, NAME, currency, **told)
    return found


def french(path):
    [found] = read(path, "google_ads_fr")
    return found


class TestCampaigns:
    def test_period_is_the_second_line(self, tmp_path):
        found = campaigns(written(tmp_path, "Campaign report.csv", ADS))

        assert found.spans == [SEPTEMBER]
        assert found.frame["date"].unique().to_list() == [date(2026, 9, 1)]

    def test_totals_are_no_campaigns(self, tmp_path):
        found = campaigns(written(tmp_path, "x.csv", ADS))

        assert left_out(found.understood) == {"totals row": (3, [6, 7, 8])}
        # 1164.09 + 1286.58 = 2450.67; the total says 2450.68: it was rounded on its own
        said, summed = found.understood.totals["cost"]
        assert (said, summed) == (2450.68, exactly(2450.67))
        assert found.frame["impressions"].sum() == 10_400
        assert found.frame["conversions"].sum() == 25.5

    def test_kinds_of_campaigns(self, tmp_path):
        frame = campaigns(written(tmp_path, "x.csv", ADS)).frame

        kinds = dict(zip(frame["campaign_id"], frame["channel"], strict=True))
        assert kinds == {"Courses": "paid_search", "Videos": "display"}

    def test_another_currency_is_refused(self, tmp_path):
        path = written(tmp_path, "x.csv", ADS)

        with pytest.raises(ContractError, match="2 row.s. are not in CHF") as error:
            campaigns(path, "CHF")
        assert "EUR" not in str(error.value)

    def test_rows_that_lack_are_found(self, tmp_path):
        lines = ADS.splitlines()
        path = written(tmp_path, "x.csv", "\n".join(lines[:3] + lines[4:]))

        with pytest.raises(ContractError, match="Rows are missing"):
            campaigns(path)

    def test_without_period_and_days(self, tmp_path):
        path = written(tmp_path, "x.csv", "\n".join(ADS.splitlines()[2:]))

        with pytest.raises(ContractError, match="Add the segment Day"):
            campaigns(path)
        assert campaigns(path, Period="2026-09-01/2026-09-30").spans == [SEPTEMBER]

    def test_days_in_tabs_and_utf16(self, tmp_path):
        found = campaigns(written(tmp_path, "x.csv", utf16(ADS_DAYS_TABS)))

        assert found.spans == []
        assert found.frame.select("date", "clicks", "impressions", "cost").rows() == [
            (date(2026, 9, 1), 10, 200, 12.5),  # two devices are one campaign
            (date(2026, 9, 2), 1, 10, 1.25),
        ]

    def test_french(self, tmp_path):
        found = french(written(tmp_path, "x.csv", ADS_FR))

        assert found.spans == [SEPTEMBER]
        assert found.understood.preset.status == "documented"
        assert found.frame["impressions"].to_list() == [9380, 1020]
        assert found.frame["cost"].sum() == exactly(1371.22)

    def test_french_thousands_that_may_be_decimals_are_asked_about(self, tmp_path):
        """9,380 alone is nine thousand or nine: the totals row does not decide it either."""
        text = ADS_FR.replace("9\u202f380", '"9,380"').replace("1\u202f020", '"1,020"')
        path = written(tmp_path, "x.csv", text)

        with pytest.raises(ContractError, match="thousands, or decimals.*--read"):
            french(path)

    def test_parts_of_campaigns_are_not_used(self, tmp_path):
        text = ADS.replace("Budget,", "Ad group,")

        [found] = read(written(tmp_path, "x.csv", text), NAME)

        assert found.id == "parts_of_campaigns"
        assert not found.understood.table.target


class TestImport:
    def test_cost_per_click(self, tmp_path):
        site = company(tmp_path / "site")

        import_files([written(tmp_path, "x.csv", ADS)], site, say=lambda _: None)

        # 276 clicks of 10,400 impressions
        assert value(kl.open(site), "ad_ctr", "2026-09") == exactly(276 / 10_400)

    def test_over_the_end_of_a_month(self, tmp_path):
        site = company(tmp_path / "site")
        path = written(tmp_path, "x.csv", ADS.replace("September 1", "August 27"))

        with pytest.raises(ContractError, match="segment Day"):
            import_files([path], site, say=lambda _: None)


class TestReal:
    def test_commas(self):
        path = real("google_ads/Campaign_report_INR.csv")

        found = campaigns(path, "INR")

        assert len(found.frame) == 2
        assert found.frame["impressions"].sum() == 46_168
        assert found.frame["cost"].sum() == exactly(2565.93)
        assert found.spans == [(date(2025, 7, 8), date(2025, 7, 31))]
        with pytest.raises(ContractError, match="not in EUR"):
            campaigns(path, "EUR")

    def test_tabs(self):
        found = campaigns(real("google_ads/Campaign_report_utf16_tab.csv"), "GBP")

        assert found.frame.select("clicks", "impressions", "cost").rows() == [(264, 9380, 365.22)]
        assert found.spans == [(date(2026, 1, 27), date(2026, 2, 23))]

    def test_tabs_are_imported_when_told(self, tmp_path):
        site = company(tmp_path / "site", "GBP")
        path = real("google_ads/Campaign_report_utf16_tab.csv")

        import_files([path], site, Asked(told={"Period": "first day"}), say=lambda _: None)

        assert value(kl.open(site), "ad_ctr", "2026-01") == exactly(264 / 9380)
