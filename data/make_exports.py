"""Write a month of the sample company as its tools would export it: `python data/make_exports.py`.

Made of the sample tables alone, so that the same tables give the same bytes: what can be read from
these files are the figures of the tables. Everything is invented; addresses end in `.example`.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook

HERE = Path(__file__).parent
TABLES, DEFAULT = HERE / "sample" / "tables", HERE / "sample_exports"
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
ZONE = "Europe/Paris"
SAVED = (2026, 11, 2, 9, 0, 0)  # when the files were downloaded, for those that keep a time
SAVED_AT = b"2026-11-02T09:00:00Z"

CHANNELS = {
    "organic_search": "Organic Search",
    "paid_search": "Paid Search",
    "organic_social": "Organic Social",
    "paid_social": "Paid Social",
    "email": "Email",
    "direct": "Direct",
    "referral": "Referral",
    "display": "Display",
    "affiliate": "Affiliates",
    "unassigned": "Unassigned",
}
CONTRACTS = {"CDI": "CDI", "CDD": "CDD", "intern": "Apprentissage", "temp": "Intérim"}
REASONS = {
    "resignation": "Démission",
    "dismissal": "Licenciement",
    "retirement": "Retraite",
    "end_fixed_term": "Fin de CDD",
    "death": "Décès",
    "transfer": "Mutation",
}
ABSENCES = {
    "sickness": "Maladie",
    "work_accident": "Accident du travail",
    "commuting_accident": "Accident de trajet",
    "occupational_disease": "Maladie professionnelle",
    "unjustified": "Absence injustifiée",
    "maternity": "Maternité",
    "authorised": "Absence autorisée",
    "paid_leave": "Congés payés",
    "training": "Formation",
    "strike": "Grève",
}
Row = Sequence[Any]


def table(name: str) -> pl.DataFrame:
    """Read a table of the sample company."""
    return pl.read_parquet(TABLES / f"{name}.parquet")


def of_month(name: str, time: str) -> pl.DataFrame:
    """Return the rows of the month, with their local day in ``day``."""
    local = pl.col(time).dt.convert_time_zone(ZONE)
    return table(name).with_columns(local=local, day=local.dt.date()).filter(
        pl.col("day").is_between(FIRST, LAST)
    )  # fmt: skip


def text(rows: Iterable[Row], separator: str = ",", end: str = "\n") -> str:
    """Write rows as delimited text."""
    made = io.StringIO()
    csv.writer(made, delimiter=separator, lineterminator=end).writerows(rows)
    return made.getvalue()


def ga4() -> dict[str, bytes]:
    """Google Analytics 4: a free-form exploration by day and channel, and the report of pages."""
    engaged = (pl.col("engaged_s") > 10) | (pl.col("pageviews") >= 2) | (pl.col("key_events") >= 1)
    visits = of_month("sessions", "started_at").with_columns(
        engaged=engaged, channel=pl.col("channel").fill_null("unassigned")
    )
    measured = {
        "Sessions": pl.len(),
        "Engaged sessions": pl.col("engaged").sum(),
        "Total users": pl.col("visitor_id").n_unique(),
        "Views": pl.col("pageviews").sum(),
        "Key events": pl.col("key_events").sum(),
        "User engagement": pl.col("engaged_s").sum(),
        "Average session duration": pl.col("duration_s").mean(),
    }
    rows = visits.group_by("day", "channel").agg(**measured)
    rows = rows.sort("Sessions", "day", "channel", descending=[True, False, False])
    header = ["Date", "Session default channel group", *measured]
    total = ["", "", *visits.select(**measured).row(0), "Grand total"]
    dash = "# ----------------------------------------"
    above = [dash, "# www.tavelune.example", "# Visits by channel", "# 20261001-20261031", dash, ""]
    body = [
        [day.strftime("%Y%m%d"), CHANNELS[channel], *others]
        for day, channel, *others in rows.select("day", "channel", *measured).iter_rows()
    ]
    exploration = "\r\n".join(above) + "\r\n" + text([header, total, *body], end="\r\n")

    seen = of_month("web_events", "ts").filter(pl.col("event_name") == "page_view")
    pages = seen.group_by("page").agg(views=pl.len(), users=pl.col("visitor_id").n_unique())
    above = [dash, "# Pages and screens: Page path and screen class", "# Account: Tavelune",
             "# Property: www.tavelune.example", dash, "# ", "# All Users",
             "# Start date: 20261001", "# End date: 20261031"]  # fmt: skip
    header = ["Page path and screen class", "Views", "Active users"]
    rows = pages.sort("views", "page", descending=[True, False]).iter_rows()
    report = "\r\n".join(above) + "\r\n" + text([header, *rows], end="\r\n")
    return {
        "download.csv": exploration.encode(),
        "Pages_and_screens_Page_path_and_screen_class.csv": report.encode(),
    }


def search_console() -> dict[str, bytes]:
    """Google Search Console, in French: the zip with its files; days from the last to the first."""
    found = table("acquisition_daily").filter(
        pl.col("date").is_between(FIRST, LAST), platform="search_console"
    )

    def files(name: str, by: str, first: str) -> tuple[str, str]:
        rows = found.group_by(by).agg(pl.col("clicks", "impressions", "sum_position").sum())
        rows = rows.sort(by, descending=by == "date")
        lines = [
            [cell, clicks, seen, f"{100 * clicks / seen:.2f}%", f"{place / seen:.2f}"]
            for cell, clicks, seen, place in rows.iter_rows()
        ]
        header = [first, "Clics", "Impressions", "CTR", "Position"]
        return name, text([header, *lines]).removesuffix("\n")

    parts = dict(
        [
            files("Dates.csv", "date", "Date"),
            files("Requêtes.csv", "item", "Requêtes les plus fréquentes"),
        ]
    )
    parts["Filtres.csv"] = text(
        [["Filtre", "Valeur"], ["Type de recherche", "Web"], ["Date", "1 oct. 2026-31 oct. 2026"]]
    ).removesuffix("\n")
    name = "tavelune.example-Performance-on-Search-2026-11-02.zip"
    return {name: zipped({part: body.encode() for part, body in parts.items()})}


def brevo() -> dict[str, bytes]:
    """Brevo: the statistics of the month's campaigns, a row each."""
    sends = of_month("email_sends", "sent_at")
    week = pl.col("sent_at") + timedelta(days=7)  # all that was told when the file was saved

    def soon(moment: str) -> pl.Expr:
        return pl.col(moment).is_null() | (pl.col(moment) <= week)

    clicked = pl.col("human_click") & soon("first_click_at")
    opened = (pl.col("human_open") | pl.col("machine_open")) & soon("first_open_at") | clicked
    counted = {
        "sent": pl.len(),
        "delivered": pl.col("delivered").sum(),
        "hardBounces": (pl.col("bounce_kind") == "hard").sum(),
        "softBounces": (pl.col("bounce_kind") == "soft").sum(),
        "uniqueViews": (opened & pl.col("delivered")).sum(),
        "uniqueClicks": (clicked & pl.col("delivered")).sum(),
        "unsubscriptions": (pl.col("unsubscribed_at") <= week).sum(),
        "complaints": pl.col("complained").sum(),
    }
    rows = sends.group_by("campaign_id").agg(sent_at=pl.col("sent_at").min(), **counted)
    lines = [
        [name, name.replace("_", " "), when.strftime("%Y-%m-%dT%H:%M:%SZ"), *counts]
        for name, when, *counts in rows.sort("sent_at", "campaign_id").iter_rows()
    ]
    header = ["id", "name", "sentDate", *counted]
    return {"brevo_campaigns.csv": text([header, *lines]).encode()}


def linkedin() -> dict[str, bytes]:
    """LinkedIn Page: the content and the followers of the month, a workbook each."""
    days = table("social_daily").filter(
        pl.col("date").is_between(FIRST, LAST), account_id="acc_linkedin", dimension="total"
    )
    posts = of_month("social_posts", "published_at").filter(account_id="acc_linkedin")
    acts = posts.group_by("day").agg(pl.col("clicks", "reactions", "comments", "shares").sum())
    days = days.sort("date").join(acts, left_on="date", right_on="day", how="left").fill_null(0)
    content = [
        ["Date", "Impressions (total)", "Unique impressions (organic)", "Clicks (total)",
         "Reactions (total)", "Comments (total)", "Reposts (total)"],
        *days.select(pl.col("date").dt.strftime("%m/%d/%Y"), "impressions", "reach", "clicks",
                     "reactions", "comments", "shares").iter_rows(),
    ]  # fmt: skip
    gained = [
        ["Date", "Organic followers", "Sponsored followers", "Total followers"],
        *days.select(pl.col("date").dt.strftime("%m/%d/%Y"), "new_followers", zero=pl.lit(0),
                     all="new_followers").iter_rows(),
    ]  # fmt: skip
    return {
        "tavelune_content.xlsx": workbook("Metrics", content),
        "tavelune_followers.xlsx": workbook("New followers", gained),
    }


def people() -> dict[str, bytes]:
    """A French HR tool: employees, those who left included, and the absences of the month."""
    staff = table("employees").sort("employee_id", "valid_from")
    lines = [["Matricule", "Date d'entrée", "Date de sortie", "Date d'effet", "Motif de sortie",
              "Type de contrat", "ETP", "Heures hebdomadaires", "Service"]]  # fmt: skip
    for each in staff.iter_rows(named=True):
        lines.append([
            each["employee_id"], french(each["hired_at"]), french(each["left_at"]),
            french(each["valid_from"]), REASONS.get(each["leave_reason"], ""),
            CONTRACTS[each["contract_kind"]], comma(each["fte"]), comma(sum(each["weekly_hours"])),
            each["team"],
        ])  # fmt: skip
    spells = table("absences").filter(pl.col("start_date") <= LAST, pl.col("end_date") >= FIRST)
    away = [["Matricule", "Type d'absence", "Date de début", "Date de fin", "Nb heures", "Statut"]]
    for each in spells.sort("start_date", "absence_id").iter_rows(named=True):
        hours = "" if each["hours"] is None else comma(each["hours"])
        away.append([each["employee_id"], ABSENCES[each["kind"]], french(each["start_date"]),
                     french(each["end_date"]), hours, "Validé"])  # fmt: skip
    return {
        "salaries.csv": text(lines, ";", "\r\n").encode("cp1252"),
        "absences_2026-10.csv": text(away, ";", "\r\n").encode("cp1252"),
    }


def survey() -> dict[str, bytes]:
    """Typeform: would customers recommend the company, from 0 to 10."""
    asked = of_month("survey_responses", "answered_at").filter(survey_id="nps")
    rows = [["#", "How likely are you to recommend us to a colleague? (0-10)", "Email",
             "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]]  # fmt: skip
    for number, each in enumerate(asked.sort("answered_at", "response_id").iter_rows(named=True)):
        sent = each["answered_at"].astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        address = f"{each['respondent_key']}@customer.example"
        rows.append([f"tf{number:04}", f"{each['value']:.0f}", address, sent, sent, "net"])
    return {"responses-nps.csv": text(rows).encode()}


def french(day: date | None) -> str:
    """Write a day as JJ/MM/AAAA."""
    return day.strftime("%d/%m/%Y") if day else ""


def comma(value: float) -> str:
    """Write a number with a decimal comma."""
    return f"{value:g}".replace(".", ",")


def zipped(parts: dict[str, bytes]) -> bytes:
    """Pack files, always into the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name, SAVED), body, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def workbook(title: str, rows: Sequence[Row]) -> bytes:
    """Write a workbook of one sheet, the same bytes whenever it is written."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    now = rb"(?<=W3CDTF\">)[^<]*"  # openpyxl tells when it wrote the file
    parts["docProps/core.xml"] = re.sub(now, SAVED_AT, parts["docProps/core.xml"])
    return zipped(parts)


def main() -> None:
    """Write every export."""
    parser = argparse.ArgumentParser(description="Write a month of exports of the sample company.")
    parser.add_argument("--out", type=Path, default=DEFAULT, help="folder (default: %(default)s)")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for make in (ga4, search_console, brevo, linkedin, people, survey):
        for name, body in make().items():
            (folder / name).write_bytes(body)
            print(f"{name:55} {len(body):>8} bytes")


if __name__ == "__main__":
    main()
