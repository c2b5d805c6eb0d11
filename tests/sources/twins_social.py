"""Exports of social networks and e-mailing tools, made up, with the traps of the real ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from kpilib.sources.context import Context
from kpilib.sources.convert import Understood
from kpilib.sources.incoming import take
from kpilib.sources.preset import presets

REAL = Path(__file__).parents[3] / "shared" / "exports"

# UTF-16, `sep=,`, one table below the other, of different length.
INSIGHTS = (
    "sep=,\n"
    '"Facebook visits"\n"Date","Primary"\n'
    '"2025-01-30T00:00:00","138"\n"2025-01-31T00:00:00","1117"\n"2025-02-01T00:00:00","9"\n\n'
    '"Instagram profile visits"\n"Date","Primary"\n'
    '"2025-01-31T00:00:00","5"\n"2025-02-01T00:00:00","10"\n\n'
).encode("utf-16")
REACH = (
    "sep=,\n"
    '"Facebook reach"\n"Date","Primary"\n'
    '"2025-01-30T00:00:00","70"\n"2025-01-31T00:00:00","90"\n\n'
).encode("utf-16")

FACEBOOK = (
    '\ufeff"Post ID","Page ID","Page name",Title,Description,"Duration (sec)","Publish time",'
    'Permalink,"Post type","Data comment",Date,IMPRESSION:UNIQUE_USERS,Reach,Impressions,'
    'Reactions,Comments,Shares,"Total clicks"\n'
    '1142979803545328,108912897259001,Atelier,,"Bonjour, ""à tous"" :\n\nLundi, c\'est # 1",0,'
    '"12/13/2024 23:30",https://net.example/1,Photo,,Lifetime,,500,700,30,9,6,14\n'
    '1142979803545329,108912897259001,Atelier,,Deux,0,"02/03/2025 04:03",https://net.example/2,'
    "Reel,,Lifetime,,300,400,10,2,1,8\n"
    ',,,,,,,,,"An error occurred while computing metadata for content with ID 7.",Lifetime,51,'
    ",,,,,\n"
    ',108912897259001,Atelier,,Trois,0,"02/04/2025 04:03",https://net.example/3,Links,,Lifetime,,'
    "100,120,1,0,0,2\n"
).encode()

INSTAGRAM = (
    '\ufeff"Post ID","Account ID","Account username","Account name",Description,"Duration (sec)",'
    '"Publish time",Permalink,"Post type","Data comment",Date,Views,Reach,Likes,Shares,Follows,'
    "Comments,Saves\n"
    '17960320052859139,17841400000000001,atelier,Atelier,Un,0,"02/13/2025 06:12",'
    "https://gram.example/1,IG reel,,Lifetime,900,600,40,3,5,7,11\n"
    '17960320052859140,17841400000000001,atelier,Atelier,Deux,0,"02/14/2025 06:12",'
    "https://gram.example/2,IG carousel,,Lifetime,100,80,4,0,0,1,1\n"
).encode()

# Totals in row 2: the money adds up, people (reach) do not.
ADS = (
    ("Account name", "Region", "Month", "Reach", "Impressions", "Currency", "Amount spent (UAH)",
     "Link clicks", "Reporting starts", "Reporting ends"),
    (None, None, None, 900, 3000, "UAH", 160.75, 30, "2025-01-01", "2025-02-11"),
    ("Atelier", "Nord", "2025-01-01 - 2025-01-31", 700, 1000, "UAH", 60.5, 12, "2025-01-01",
     "2025-02-11"),
    ("Atelier", "Sud", "2025-01-01 - 2025-01-31", 500, 1500, "UAH", 80.25, 10, "2025-01-01",
     "2025-02-11"),
    ("Atelier", "Nord", "2025-02-01 - 2025-02-11", 300, 500, "UAH", 20, 8, "2025-01-01",
     "2025-02-11"),
)  # fmt: skip

ADS_FRENCH = (
    "Début des rapports;Fin des rapports;Nom de la campagne;Nom de l'ensemble de publicités;"
    "Impressions;Clics sur un lien;Montant dépensé (EUR);Résultats;Répétition\n"
    "2025-02-03;2025-02-03;Rentrée;Nord;45\u202f000;320;850,50;12;1,2\n"
    "2025-02-04;2025-02-04;Rentrée;Nord;5\u00a0000;30;49,5;1;1,1\n"
).encode()

LINKEDIN_METRICS = (
    ("Date", "Impressions (organic)", "Impressions (sponsored)", "Impressions (total)",
     "Unique impressions (organic)", "Clicks (total)", "Reactions (total)", "Comments (total)",
     "Reposts (total)", "Engagement rate (total)"),
    ("02/03/2025", "100", "20", "120", "80", "7", "-2", "1", "0", "0.05"),
    ("02/13/2025", "50", "0", "50", "30", "1", "-4", "0", "0", "-0.06"),
)  # fmt: skip
LINKEDIN_POSTS = (
    ("Post title", "Post link", "Post type", "Campaign name", "Posted by", "Created date",
     "Impressions", "Views", "Clicks", "Click through rate (CTR)", "Likes", "Comments", "Reposts",
     "Follows", "Engagement rate", "Content Type"),
    ("Un", "https://in.example/feed/update/urn:li:activity:7290000000000000001", "Organic", None,
     "Ada Example", "02/03/2025", 1000, None, 90, 0.09, 80, 15, 5, 10, 0.2, "Image"),
    ("Deux", "https://in.example/feed/update/urn:li:activity:7290000000000000002", "Sponsored",
     "Rentrée", "Ada Example", "02/13/2025", 500, 40, 5, 0.01, 3, 1, 1, 0, 0.02, "Video"),
)  # fmt: skip
LINKEDIN_NOTICE = ("Metrics of the last 365 days, organic and sponsored. Dates are UTC.",)
LINKEDIN_FOLLOWERS = (
    ("Date", "Sponsored followers", "Organic followers", "Auto-invited followers",
     "Total followers"),
    ("02/03/2025", 1, 4, 0, 5),
    ("02/04/2025", 0, 2, 1, 3),
)  # fmt: skip
LINKEDIN_PLACES = (("Location", "Total followers"), ("Lille", 400), ("Lyon", 20))
LINKEDIN_VISITORS = (
    ("Date", "Overview page views (total)", "Total page views (desktop)",
     "Total page views (mobile)", "Total page views (total)", "Total unique visitors (total)"),
    ("02/03/2025", 9, 6, 5, 11, 7),
    ("02/04/2025", 1, 1, 2, 3, 2),
)  # fmt: skip

X_OVERVIEW = (
    b"Date,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Unfollows,Replies,Reposts,"
    b"Profile visits,Create Post,Video views,Media views\n"
    b'"Tue, Feb 04, 2025",444,4,29,0,0,3,1,6,0,4,0,0,0\n'
    b'"Mon, Feb 03, 2025",8893,19,164,5,0,5,0,7,0,104,8,0,0\n'
)
X_CONTENT = (
    b"Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,"
    b"Replies,Reposts,Profile visits,Detail Expands,URL Clicks,Hashtag Clicks,Permalink Clicks\n"
    b'1960320052859139001,"Tue, Feb 04, 2025","Un, deux",https://x.example/a/status/1,200,4,29,0,0,'
    b"1,6,2,3,1,5,0,0\n"
    b'1960320052859139002,"Mon, Feb 03, 2025",Trois,https://x.example/a/status/2,300,1,9,0,0,'
    b"0,0,1,0,0,1,0,0\n"
)

# The campaign of the oracle (1,000 sent, 950 delivered, 380 opened, 38 clicked, 5 left); one with
# more clicks than opens and more leavers than both; a draft that was never sent.
MAILCHIMP = (
    b'Title,Subject,List,"Send Date","Send Weekday","Total Recipients","Successful Deliveries",'
    b'"Soft Bounces","Hard Bounces","Total Bounces","Times Forwarded","Forwarded Opens",'
    b'"Unique Opens","Open Rate","Total Opens","Unique Clicks","Click Rate","Total Clicks",'
    b'Unsubscribes,"Abuse Complaints","Times Liked on Facebook","Folder Id","Unique Id"\n'
    b'Un,Bonjour,Liste,"Feb 10, 2025 09:30 pm",Monday,"1,000",950,20,30,50,0,0,380,40.00%,900,38,'
    b"4.00%,60,5,1,0,0,17671f6028\n"
    b'Deux,"Oui, vous",Liste,"Feb 12, 2025 09:15 am",Wednesday,110,100,4,6,10,0,0,20,20.00%,52,25,'
    b"25.00%,60,30,0,0,0,6e3fb30c88\n"
    b"Brouillon,,Liste,,,0,0,0,0,0,0,0,0,0%,0,0,0%,0,0,0,0,0,0000000001\n"
)

MAILCHIMP_REPORT = (
    b'Email Campaign Report\n"Title:","Un"\n"Subject Line:","Bonjour"\n'
    b'"Delivery Date/Time:","Mon, Feb 10, 2025 21:30"\n\n'
    b'"Overall Stats"\n"Total Recipients:","1,000"\n"Successful Deliveries:","950"\n'
    b'"Bounces:","50 (5.0%)"\n"Times Forwarded:","0"\n"Forwarded Opens:","0"\n'
    b'"Recipients Who Opened:","380 (40.0%)"\n"Total Opens:","900"\n'
    b'"Last Open Date:","4/30/25 6:04"\n"Recipients Who Clicked:","38 (4.0%)"\n'
    b'"Total Clicks:","60"\n"Last Click Date:","4/30/25 6:01"\n"Total Unsubs:","5"\n'
    b'"Total Abuse Complaints:","1"\n"Times Liked on Facebook:","0"\n\n'
    b'"Clicks by URL"\n"URL","Total Clicks","Unique Clicks"\n'
    b'"https://site.example/","60","38"\n'
)
MAILCHIMP_TEST = (
    b'Campaign Report\n"Title:","Essai"\n"Delivery Date/Time:","Mon, Feb 10, 2025 10:15"\n\n'
    b'"Combination 1 Stats"\n"Subject Line:","Un"\n"From Name:","Atelier"\n'
    b'"Total Recipients:","100"\n"Successful Deliveries:","90"\n"Bounces:","10 (10.0%)"\n'
    b'"Recipients Who Opened:","30 (33.3%)"\n"Recipients Who Clicked:","9 (10.0%)"\n'
    b'"Total Unsubs:","1"\n"Total Abuse Complaints:","0"\n\n'
    b'"Combination 2 Stats"\n"Subject Line:","Deux"\n"From Name:","Atelier"\n'
    b'"Total Recipients:","100"\n"Successful Deliveries:","95"\n"Bounces:","5 (5.0%)"\n'
    b'"Recipients Who Opened:","38 (40.0%)"\n"Recipients Who Clicked:","19 (20.0%)"\n'
    b'"Total Unsubs:","0"\n"Total Abuse Complaints:","0"\n'
)
MEMBERS = (
    b'"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,'
    b"CONFIRM_IP,LEID,EUID,NOTES,TAGS\n"
    b'ada@reader.example,Ada,Example,2,"2025-01-16 14:40:47",,"2025-01-16 14:41:00",,1,a,,'
    b'"""VIP"",""Blog"""\n'
    b'bob@reader.example,Bob,Example,2,"2025-02-03 23:59:00",,,,2,b,,\n'
)
MEMBERS_LEFT = (
    b'"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,'
    b"CONFIRM_IP,LEID,EUID,NOTES,TAGS,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON\n"
    b'eve@reader.example,Eve,Example,2,"2024-01-16 14:40:47",,"2024-01-16 14:41:00",,3,c,,,'
    b'"2025-02-20 10:00:00",Un,NORMAL\n'
)

# Day-month-year; one who left, one who left and nobody knows when.
BREVO_CONTACTS = (
    b"EMAIL;LASTNAME;FIRSTNAME;SMS;EMAIL_BLACKLISTED;SMS_BLACKLISTED;ADDED_TIME;MODIFIED_TIME\n"
    b"ada@reader.example;Example;Ada;;No;No;12-01-2025 09:30;20-02-2025 08:00\n"
    b"Bob@reader.example;Example;Bob;33600000000;Yes;No;05-01-2025 09:30;12-02-2025 10:00\n"
    b"eve@reader.example;Example;Eve;;Yes;No;03-02-2025 09:30;\n"
)
BREVO = (
    b"id;name;sentDate;sent;delivered;hardBounces;softBounces;deferred;uniqueViews;viewed;"
    b"trackableViews;uniqueClicks;clickers;unsubscriptions;complaints\n"
    b"12;Rentree;2025-02-10T09:00:00.000+01:00;1000;950;30;25;5;380;900;180;38;60;5;1\n"
)
KLAVIYO = (
    b"Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,Unique Opens,"
    b"Open Rate,Total Opens,Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Spam Complaints,"
    b"Successful Deliveries,Bounces,Bounce Rate,Campaign ID,Campaign Channel\n"
    b"Un,,Bonjour,L,2025-02-10 09:00:00,Monday,1000,380,0.4,900,38,0.04,60,5,1,950,50,0.05,k1,"
    b"email\n"
    b"Deux,,,L,2025-02-10 09:00:00,Monday,50,0,0,0,5,0.1,6,0,0,50,0,0,k2,sms\n"
)


@dataclass
class Taken:
    """What a file gives: canonical tables, what was understood, what was refused."""

    tables: dict[str, pl.DataFrame]
    understood: list[Understood]
    refused: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.tables[name]

    @property
    def notes(self) -> str:
        return " ".join(note for each in self.understood for note in each.block.notes)


def taken(
    folder: Path, data: bytes | Path, name: str = "export.csv", *, currency: str = "EUR"
) -> Taken:
    """Return what an import reads of a file, under the contracts of the canonical tables."""
    path = data
    if isinstance(data, bytes):
        path = folder / name
        path.write_bytes(data)
    place = folder / "converted"
    place.mkdir(exist_ok=True)
    context = Context(zone=ZoneInfo("Europe/Paris"), currency=currency, secret=lambda: b"secret")
    incoming = take(path, presets(), "", context, place)
    found: dict[str, list[pl.DataFrame]] = {}
    for _, target, part in incoming.made:
        found.setdefault(target, []).append(pl.read_parquet(part.path))
    tables = {name: pl.concat(each, how="diagonal_relaxed") for name, each in found.items()}
    return Taken(tables, incoming.understood, incoming.refused)


def real(name: str) -> Path:
    """Return a real export, or skip the test that asks for it."""
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"no real export {name} here")
    return path
