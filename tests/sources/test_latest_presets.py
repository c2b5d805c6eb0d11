"""Presets whose exports are known from descriptions only: each reads a twin, and says so."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from kpilib.errors import ContractError
from kpilib.sources.imports import Asked, import_files
from kpilib.sources.preset import presets
from tests.sources.shop import KEY, company
from tests.sources.twins_reading import Sheet, archive, saved, workbook


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("KPILIB_KEY", KEY)
    return company(tmp_path / "shop")


def taken(shop, data, name, **options):
    """Import a file alone; return the tables it made."""
    import_files([saved(shop, data, name)], shop, Asked(**options), say=lambda line: None)
    return {path.stem: pl.read_parquet(path) for path in (shop / "tables").glob("*.parquet")}


def test_they_say_that_no_real_file_was_seen():
    known = presets()
    names = ("linkedin_creator", "meta_leads", "plausible", "teams_attendance", "mail_log")

    assert {known[name].status for name in names} == {"unverified"}


def test_linkedin_creator(shop):
    book = workbook(
        Sheet("DISCOVERY", [["Overall Performance", "10/1/2026 - 10/2/2026"], ["Impressions", 9]]),
        Sheet("ENGAGEMENT", [["Date", "Impressions", "Engagements"], ["10/14/2026", 60, 5],
                             ["10/2/2026", 30, 2]]),
        Sheet("FOLLOWERS", [["Total followers on 10/31/2026:", 700], [], ["Date", "New followers"],
                            ["10/2/2026", 3], ["10/14/2026", 1]]),
    )  # fmt: skip
    days = taken(shop, book, "Content.xlsx")["social_daily"].sort("date")

    assert days.select("date", "impressions", "engagements", "new_followers").rows() == [
        (date(2026, 10, 2), 30, 2, 3),
        (date(2026, 10, 14), 60, 5, 1),
    ]


def test_meta_lead_ads_in_a_zip(shop):
    text = (
        "id\tcreated_time\tform_id\tis_organic\temail\tfull_name\n"
        "l:1\t2026-10-03T10:00:00+02:00\tf:9\tfalse\tann@client.example\tA\n"
        "l:2\t2026-10-04T10:00:00+02:00\tf:9\ttrue\tbob@client.example\tB\n"
    )
    zipped = archive({"leads.csv": text.encode("utf-16")})
    leads = taken(shop, zipped, "leads.zip")["leads"].sort("created_at")

    assert leads["channel"].to_list() == ["paid_social", "organic_social"]
    assert not leads["person_key"].str.contains("@").any()


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("date,visitors,pageviews,bounces,visits,visit_duration", "2026-10-0{0},10,30,4,12,600"),
        (
            "date,visitors,pageviews,visits,views_per_visit,bounce_rate,visit_duration",
            "2026-10-0{0},10,30,12,2.5,33,50",
        ),
    ],
)
def test_plausible(shop, header, line):
    text = "\n".join([header, *(line.format(day) for day in (1, 2, 3))])
    days = taken(shop, text, "visitors.csv")["sessions"]

    assert (days["sessions"].sum(), days["pageviews"].sum()) == (36, 90)
    assert days["duration_s"].sum() == 1800
    if "bounces" in header:
        assert days["engaged_sessions"].sum() == 24


def test_teams_attendance(shop):
    text = (
        "1. Summary\nMeeting title\tAccounting 2\nAttended participants\t2\n\n2. Participants\n"
        "Name\tFirst join\tLast leave\tIn-meeting duration\tEmail\tParticipant ID (UPN)\tRole\n"
        "A\t11/07/26, 10:02:11\t11/07/26, 11:02:11\t1h\tann@client.example\ta\tPresenter\n"
        "B\t11/07/26, 10:02:11\t11/07/26, 10:32:11\t30m\tbob@client.example\tb\tAttendee\n\n"
        "3. In-Meeting activities\nName\tJoin time\tLeave time\tDuration\tEmail\tRole\n"
        "A\t11/07/26, 10:02:11\t11/07/26, 11:02:11\t1h\tann@client.example\tPresenter\n"
    ).encode("utf-16")
    people = taken(shop, text, "attendance.csv")["training_participants"]

    assert people["training_id"].unique().to_list() == ["Accounting 2"]
    assert sorted(people["hours_attended"]) == [0.5, 1.0]
    told = {"Meeting title": "acc-2"}
    again = taken(shop, text, "again.csv", told=told, again=True)["training_participants"]
    assert set(again["training_id"]) == {"Accounting 2", "acc-2"}


def test_google_ads_time_series_and_never_beside_campaigns(shop):
    series = 'Date,Clicks,Impressions,"Avg. CPC",Cost\n' + "".join(
        f'"Thu, Oct {day}, 2026",5,100,0.5,2.50\n' for day in (1, 8, 15)
    )
    days = taken(shop, series, "Time_series.csv")["acquisition_daily"]

    assert (days["cost"].sum(), days["date"].max()) == (7.5, date(2026, 10, 15))
    campaigns = "Day,Campaign,Impr.,Clicks,Cost\n2026-10-08,A,100,5,2.50\n2026-10-09,A,1,1,1\n"
    with pytest.raises(ContractError, match="already brought 2026-10-01 to 2026-10-15"):
        taken(shop, campaigns, "Campaign report.csv")


def test_hr_file_by_aliases(shop):
    text = (
        "Employee_Name,EmpID,DateofHire,DateofTermination,Department,ManagerID\n"
        "Doe,10026,7/5/2011,,Production,22\nRoe,10084,3/30/2015,6/16/2016,IT,4\n"
    )
    people = taken(shop, text, "hr.csv")["employees"].sort("hired_at")

    assert people["hired_at"].to_list() == [date(2011, 7, 5), date(2015, 3, 30)]
    assert people["left_at"].to_list() == [None, date(2016, 6, 16)]
    assert people["team"].to_list() == ["Production", "IT"]


def test_brevo_with_the_words_of_its_page(shop):
    text = (
        "Email;Email blocklisted;Added time;Last changed\n"
        "ann@client.example;No;12-04-2026 09:30;12-04-2026 09:30\n"
        "bob@client.example;Yes;02-04-2026 09:30;20-05-2026 09:30\n"
    )
    members = taken(shop, text, "contacts.csv")["memberships"].sort("start_at")

    assert members["start_at"].to_list() == [date(2026, 4, 2), date(2026, 4, 12)]
    assert members["end_at"].to_list() == [date(2026, 5, 20), None]


def test_a_hubspot_export_with_a_lead_status_is_not_salesforce_s(shop):
    said = []
    text = (
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Lead Status,Create Date,"
        "Original Source\n1,A,B,ann@client.example,Lead,New,2026-10-03 10:00,Organic Search\n"
    )
    import_files([saved(shop, text, "contacts.csv")], shop, say=said.append)

    assert "HubSpot, table contacts" in said[1]


@pytest.mark.parametrize(
    ("header", "at"),
    [
        (
            "MessageId,Received,SenderAddress,RecipientAddress,Subject,Status",
            "2026-10-05T07:00:00Z",
        ),
        (
            "Message ID,Start date,Sender,Recipient address,Subject,Direction",
            "2026-10-05T07:00:00Z",
        ),
        ("chatMessageId,createdDateTime,from,to,body,importance", "2026-10-05T07:00:00Z"),
    ],
)
def test_a_log_of_mails_or_chats(shop, header, at):
    lines = [f"<{number}@acme.example>,{at},ann@acme.example,{to},secret words,Delivered"
             for number, to in ((1, "bob@acme.example"), (1, "cy@acme.example"))]  # fmt: skip
    found = taken(shop, "\n".join([header, *lines, ""]).encode(), "log.csv")["messages"]

    assert len(found) == 2 and found["recipient_key"].n_unique() == 2
    assert set(found["sent_at"].dt.hour()) == {7}
    assert not any(word in found.write_json() for word in ("secret", "ann@", "bob@"))
