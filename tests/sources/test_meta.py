"""Meta: posts, insights, advertising."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

import kpilib as kl
from kpilib.answers.check import faults
from kpilib.errors import ContractError
from kpilib.sources.preset import presets
from kpilib.tables.allowed import only_allowed
from tests.sources.rows_left import left_out
from tests.sources.twins_reading import Sheet, workbook
from tests.sources.twins_social import (
    ADS,
    ADS_FRENCH,
    FACEBOOK,
    INSIGHTS,
    INSTAGRAM,
    REACH,
    real,
    taken,
)
from tests.worked import one, value


def ads(*rows):
    return workbook(Sheet("Raw Data Report", rows))


class TestPosts:
    @pytest.fixture
    def facebook(self, tmp_path):
        return taken(tmp_path, FACEBOOK)

    def test_ids_are_text_to_the_last_digit(self, facebook, tmp_path):
        assert facebook["social_posts"]["post_id"][:2].to_list() == [
            "1142979803545328", "1142979803545329",
        ]  # fmt: skip
        instagram = taken(tmp_path, INSTAGRAM)["social_posts"]
        # as numbers, both would be 17960320052859140
        assert instagram["post_id"].to_list() == ["17960320052859139", "17960320052859140"]

    def test_error_rows_are_dropped_and_counted(self, facebook):
        (understood,) = facebook.understood

        assert understood.rows == 4
        assert left_out(understood) == {"message of the tool": (1, [6])}
        assert understood.kept == 3

    def test_a_post_without_id_gets_the_same_one_each_time_and_is_said(self, facebook, tmp_path):
        again = taken(tmp_path, FACEBOOK)["social_posts"]["post_id"]

        assert facebook["social_posts"]["post_id"].to_list() == again.to_list()
        assert again[2].startswith("without-id-")
        assert again.n_unique() == 3
        assert "1 post(s) have no id" in facebook.notes

    def test_moments_are_month_first_and_of_pacific_time(self, facebook):
        # 13 December 23:30 on the Pacific coast is the 14th, 7:30, in Greenwich
        assert facebook["social_posts"]["published_at"][0] == datetime(
            2024, 12, 14, 7, 30, tzinfo=UTC
        )

    def test_captions_and_names_are_not_kept(self, facebook):
        written = facebook["social_posts"].write_csv()

        assert "Bonjour" not in written
        assert "Atelier" not in written
        assert facebook["social_posts"]["format"].to_list() == ["image", "video", "link"]

    def test_figures_of_facebook(self, facebook):
        table = {"social_posts": facebook["social_posts"]}
        asked = {"timezone": "Europe/Paris", "as_of": "2025-03-31"}
        # February: 400 + 120 impressions; (10+2+1) + (1+0+0) acts; reach (300 + 100) / 2
        assert value(table, "impressions", "2025-02", **asked) == 520
        assert value(table, "avg_reach_per_post", "2025-02", **asked) == 200
        row = one(table, "engagement_rate_impressions", "2025-02", **asked)
        # clicks too: 8 + 2; follows are not in the file, so the rate is approximate
        assert (row["numerator"], row["denominator"]) == (24, 520)
        assert "approximate" in row["flags"]

    def test_views_stand_for_impressions_and_it_is_said(self, tmp_path):
        instagram = taken(tmp_path, INSTAGRAM)
        table = {"social_posts": instagram["social_posts"]}
        asked = {"timezone": "Europe/Paris", "as_of": "2025-03-31"}

        assert value(table, "impressions", "2025-02", **asked) == 1000
        # likes, comments, shares and follows: 40 + 7 + 3 + 5, 4 + 1 + 0 + 0
        assert one(table, "engagement_rate_impressions", "2025-02", **asked)["numerator"] == 60
        assert "Views" in instagram.notes
        assert set(instagram["social_posts"]["network"]) == {"instagram"}

    def test_an_id_that_excel_shortened_is_a_fault(self, tmp_path):
        with pytest.raises(ContractError, match="Post ID: a number that Excel has shortened"):
            taken(tmp_path, FACEBOOK.replace(b"1142979803545329", b"1.14298E+15"))

    def test_the_real_file(self, tmp_path):
        found = taken(tmp_path, real("meta/posts_first5.csv"))
        (understood,) = found.understood

        assert (understood.rows, understood.kept) == (5, 4)
        assert found["social_posts"]["reach"].sum() == 14_681
        assert found["social_posts"]["post_id"].str.contains(r"^\d{16}$").all()


class TestInsights:
    def test_tables_are_told_apart_by_their_titles(self, tmp_path):
        daily = taken(tmp_path, INSIGHTS)["social_daily"]
        sums = {
            network: daily.filter(network=network)["profile_visits"].sum()
            for network in ("facebook", "instagram")
        }

        # 138 + 1117 + 9; 5 + 10
        assert sums == {"facebook": 1264, "instagram": 15}
        assert len(daily) == 5

    def test_encoding_is_that_of_the_mark(self, tmp_path):
        assert {each.block.encoding for each in taken(tmp_path, INSIGHTS).understood} == {"utf-16"}

    def test_reach_of_days_has_bounds(self, tmp_path):
        table = {"social_daily": taken(tmp_path, REACH)["social_daily"]}
        row = one(table, "reach", ("2025-01-30", "2025-01-31"), as_of="2025-03-31")

        assert row["status"] == "not_additive"
        # the best day, and the sum of both
        assert (row["ci_low"], row["ci_high"]) == (90, 160)

    def test_titles_that_were_never_seen_are_unverified(self):
        assert presets()["meta_insights"].status == "verified"
        assert presets()["meta_insights_reach"].status == "unverified"

    def test_a_title_that_is_not_known_is_said(self, tmp_path):
        unknown = INSIGHTS.decode("utf-16").replace("Facebook visits", "Facebook saves")
        found = taken(tmp_path, unknown.encode("utf-16"))

        assert len(found.refused) == 1
        assert "Facebook saves" in found.refused[0]

    @pytest.mark.parametrize(("network", "total"), [("facebook", 81_434), ("instagram", 7_101)])
    def test_the_real_file(self, tmp_path, network, total):
        daily = taken(tmp_path, real("meta/Visits.csv"))["social_daily"].filter(network=network)

        assert (len(daily), daily["profile_visits"].sum()) == (242, total)


class TestAds:
    @pytest.fixture
    def report(self, tmp_path):
        return taken(tmp_path, ads(*ADS), "ads.xlsx", currency="UAH")

    def test_the_totals_row_is_dropped_and_compared_where_it_can_be(self, report):
        (understood,) = report.understood

        assert left_out(understood) == {"totals row": (1, [2])}
        assert understood.totals == {
            "cost": (160.75, 160.75),
            "impressions": (3000, 3000),
            "clicks": (30, 30),
        }  # and not reach: 900 people, 1,500 when rows are added

    def test_the_totals_row_of_a_report_without_names_is_dropped_too(self, tmp_path):
        bare = [row[1:] for row in ADS]  # no account, no campaign: regions and months only
        found = taken(tmp_path, ads(*bare), "ads.xlsx")

        assert left_out(found.understood[0]) == {"totals row": (1, [2])}
        assert found["acquisition_daily"]["cost"].sum() == 160.75

    def test_a_row_without_a_day_is_a_fault(self, tmp_path):
        rows = [*ADS[:-1], (*ADS[-1][:2], None, *ADS[-1][3:-2], None, None)]
        with pytest.raises(ContractError, match="1 row.s. have no day"):
            taken(tmp_path, ads(*rows), "ads.xlsx")

    def test_a_missing_row_is_a_fault(self, tmp_path):
        with pytest.raises(ContractError, match="Amount spent .UAH.: the rows add up to"):
            taken(tmp_path, ads(*ADS[:-1]), "ads.xlsx")

    def test_rows_stand_on_the_first_day_of_their_month(self, report):
        rows = report["acquisition_daily"].select("date", "item", "cost", "currency").rows()

        assert rows == [
            (date(2025, 1, 1), "Nord", 60.5, "UAH"),
            (date(2025, 1, 1), "Sud", 80.25, "UAH"),
            (date(2025, 2, 1), "Nord", 20.0, "UAH"),
        ]
        assert report.understood[0].spans == [
            (date(2025, 1, 1), date(2025, 1, 31)),
            (date(2025, 2, 1), date(2025, 2, 11)),
        ]

    def test_figures_by_month(self, report):
        table = {"acquisition_daily": report["acquisition_daily"]}
        row = one(table, "ad_ctr", "2025-01", currency="UAH", as_of="2025-03-31")

        # 12 + 10 clicks on 1,000 + 1,500 impressions
        assert (row["numerator"], row["denominator"]) == (22, 2500)

    def test_money_of_another_currency_is_never_added(self, report):
        company = kl.open({"acquisition_daily": report["acquisition_daily"]}, currency="EUR")

        (fault,) = faults(company.tables, "EUR")
        assert "acquisition_daily: column currency, 3 row(s)" in fault
        with pytest.raises(ContractError, match="two currencies are never added"):
            days = date(2025, 1, 1), date(2025, 3, 31)
            only_allowed(company.tables, "acquisition_daily", {"cost"}, days)

    def test_french_with_decimal_commas_and_a_currency_in_the_header(self, tmp_path):
        rows = taken(tmp_path, ADS_FRENCH)["acquisition_daily"]

        assert rows.select("date", "campaign_id", "item", "impressions", "clicks", "cost",
                           "currency").rows() == [
            (date(2025, 2, 3), "Rentrée", "Nord", 45_000, 320, 850.5, "EUR"),
            (date(2025, 2, 4), "Rentrée", "Nord", 5_000, 30, 49.5, "EUR"),
        ]  # fmt: skip
        # Results without a word about what they are may be clicks: no conversions
        assert rows["conversions"].null_count() == 2

    def test_a_report_that_does_not_say_its_last_day_is_taken_by_day_and_says_so(self, tmp_path):
        lines = [line.split(";") for line in ADS_FRENCH.decode().splitlines()]
        file = "\n".join(";".join([line[0], *line[2:]]) for line in lines)
        found = taken(tmp_path, file.encode())

        assert found["acquisition_daily"]["date"].to_list() == [
            date(2025, 2, 3), date(2025, 2, 4),
        ]  # fmt: skip
        assert "each is taken as one day" in found.notes

    def test_results_count_as_conversions_where_they_are_leads(self, tmp_path):
        rows = [
            ("Reporting starts", "Reporting ends", "Campaign name", "Result indicator", "Results",
             "Impressions", "Amount spent (EUR)"),
            ("2025-02-03", "2025-02-03", "Un", "actions:lead", 4, 100, 12.5),
            ("2025-02-03", "2025-02-03", "Deux", "reach", 90, 100, 2),
        ]  # fmt: skip
        found = taken(tmp_path, ads(*rows), "ads.xlsx")["acquisition_daily"]

        assert dict(found.select("campaign_id", "conversions").rows()) == {"Un": 4, "Deux": None}

    def test_a_period_over_months_is_refused(self, tmp_path):
        rows = [
            ("Reporting starts", "Reporting ends", "Campaign name", "Impressions",
             "Amount spent (EUR)"),
            ("2025-01-20", "2025-02-11", "Un", 100, 12.5),
        ]  # fmt: skip

        with pytest.raises(ContractError, match="over the end of a month"):
            taken(tmp_path, ads(*rows), "ads.xlsx")

    def test_the_real_file(self, tmp_path):
        found = taken(tmp_path, real("meta/ads.xlsx"))
        (understood,) = found.understood

        assert understood.kept == len(found["acquisition_daily"]) == 310
        assert found["acquisition_daily"]["cost"].sum() == pytest.approx(77_818.01, abs=0.005)
        assert left_out(understood) == {"totals row": (1, [2])}
        assert understood.totals["cost"][0] == pytest.approx(77_818.01)
        assert "reach" not in understood.totals
