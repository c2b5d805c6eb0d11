"""Figures of the sample company, worked out in plain Polars: a second way, apart from kpilib."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from scipy import stats

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
ANACT = ("sickness", "work_accident", "commuting_accident", "occupational_disease", "unjustified")
TEAM = "relation_apprenants"
END = datetime(2026, 10, 31, 23, tzinfo=UTC)  # midnight in Paris


@cache
def table(name: str) -> pl.DataFrame:
    """Return a table of the sample as it is committed."""
    return pl.read_parquet(SAMPLE / "tables" / f"{name}.parquet")


def month(column: str) -> pl.Expr:
    """Return the month, in Paris, of a UTC time."""
    return pl.col(column).dt.convert_time_zone("Europe/Paris").dt.strftime("%Y-%m")


def last_day(name: str) -> date:
    """Return the last day of a month written as 2026-10."""
    year, number = map(int, name.split("-"))
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)


def visits(of_month: str) -> pl.DataFrame:
    """Return the sessions of a month, with whether they bounced and whether they gave a lead."""
    engaged = (pl.col("engaged_s") > 10) | (pl.col("pageviews") >= 2) | (pl.col("key_events") >= 1)
    leads = table("leads")["session_id"].drop_nulls()
    return (
        table("sessions")
        .filter(month("started_at") == of_month)
        .with_columns(
            bounced=~engaged,
            lead=pl.col("session_id").is_in(leads.to_list()),
            channel=pl.col("channel").fill_null("(unknown)"),
        )
    )


def emails(of_month: str) -> dict[str, float]:
    """Return the rates of the mailings of a month, opens counted within seven days."""
    sent = table("email_sends").filter(month("sent_at") == of_month)
    got = sent.filter("delivered")
    late = (pl.col("first_open_at") > pl.col("sent_at") + timedelta(days=7)).fill_null(False)
    human = (pl.col("human_open") & ~late) | pl.col("human_click")
    seen = got.filter(~pl.col("is_privacy_proxied"))
    return {
        "raw": got.select((human | (pl.col("machine_open") & ~late)).mean()).item(),
        "trackable": seen.select(human.mean()).item(),
        "proxied": got["is_privacy_proxied"].mean(),
        "click": got["human_click"].mean(),
        "unsubscribe": got["unsubscribed_at"].is_not_null().mean(),
        "delivered": got.height / sent.height,
    }


def list_size(of_month: str) -> int:
    """Return the newsletter subscribers at the end of a month."""
    day = last_day(of_month)
    stays = pl.col("end_at").is_null() | (pl.col("end_at") > day)
    readers = table("memberships").filter(pl.col("kind") == "newsletter")
    return readers.filter((pl.col("start_at") <= day) & stays).height


def organic_posts(of_month: str, network: str = "linkedin") -> pl.DataFrame:
    """Return the posts of a month with their engagements (clicks, reactions, ..., follows)."""
    acts = ("clicks", "reactions", "comments", "shares", "follows")
    return (
        table("social_posts")
        .filter(month("published_at") == of_month, pl.col("network") == network, ~pl.col("is_paid"))
        .with_columns(engagements=pl.sum_horizontal(*acts))
    )


def pooled_rate(posts: pl.DataFrame) -> float:
    """Return engagements / impressions, all posts pooled."""
    return posts["engagements"].sum() / posts["impressions"].sum()


def staff() -> pl.DataFrame:
    """Return the states of employees who count in the headcount."""
    return table("employees").filter(pl.col("contract_kind").is_in(["CDI", "CDD"]))


def headcount(day: date) -> dict[str, int]:
    """Return who is in post on a day, by team."""
    stays = pl.col("valid_to").is_null() | (pl.col("valid_to") >= day)
    present = staff().filter((pl.col("valid_from") <= day) & stays)
    return dict(present.group_by("team").len().rows())


def resignations(team: str, first: date, last: date) -> int:
    """Return the resignations of a team between two days."""
    left = staff().filter(pl.col("left_at").is_between(first, last), pl.col("team") == team)
    return left.filter(pl.col("leave_reason") == "resignation")["employee_id"].n_unique()


def net_score(answers: pl.Series) -> float:
    """Return 100 x (answers 9-10 minus answers 0-6) / answers."""
    return 100 * float((answers >= 9).sum() - int((answers <= 6).sum())) / len(answers)


def enps(wave: str, team: str | None = None) -> tuple[float, int]:
    """Return the eNPS of a wave and the number of answers."""
    rows = table("survey_responses").filter(pl.col("survey_id") == "enps", pl.col("wave") == wave)
    rows = rows if team is None else rows.filter(pl.col("group_key") == team)
    return net_score(rows["value"]), rows.height


def engagement(wave: str, team: str) -> float:
    """Return the mean of the engagement items of a team, reversed items turned round."""
    rows = table("survey_responses").filter(
        pl.col("survey_id") == "engagement", pl.col("wave") == wave, pl.col("group_key") == team
    )
    turned = pl.when("is_reversed").then(6 - pl.col("value")).otherwise("value")
    return rows.select(turned.mean()).item()


def recommendation(wave: str, kind: str | None = None) -> tuple[float, int]:
    """Return the NPS of customers in a wave, of one kind or of all, and the number of answers."""
    rows = table("survey_responses").filter(pl.col("survey_id") == "nps", pl.col("wave") == wave)
    rows = rows if kind is None else rows.filter(pl.col("group_key") == kind)
    return net_score(rows["value"]), rows.height


def tickets(of_month: str) -> dict[str, float]:
    """Return the support requests opened in a month: how many, resolved, how long they took.

    `half` is the hour by which half of all are resolved, those still open included.
    """
    rows = (
        table("support_tickets")
        .filter(month("opened_at") == of_month)
        .with_columns(hours=(pl.col("resolved_at") - pl.col("opened_at")).dt.total_seconds() / 3600)
    )
    return {
        "opened": rows.height,
        "resolved": rows["hours"].count(),
        "mean": rows["hours"].mean(),
        "half": _time_to_half(rows),
        "complaints": rows["is_complaint"].sum(),
    }


def _time_to_half(rows: pl.DataFrame) -> float | None:
    """Return the Kaplan-Meier median of `hours`; open requests leave when the data ends."""
    waited = (END - pl.col("opened_at")).dt.total_seconds() / 3600
    ends = rows.select(at=pl.col("hours").fill_null(waited), done=pl.col("hours").is_not_null())
    left, open_share = rows.height, 1.0
    for at, done in ends.sort("at", "done", descending=[False, True]).iter_rows():
        open_share *= 1 - done / left
        left -= 1
        if open_share <= 0.5:
            return at
    return None


def questions(first: str, last: str) -> pl.DataFrame:
    """Return the Club's questions, at least a week old, of some months.

    `hours` to the first answer of another member; `answered` when that was within a week.
    """
    acts = table("interactions").filter(pl.col("space") == "community")
    asked = acts.filter(
        pl.col("kind") == "question", month("ts").is_between(pl.lit(first), pl.lit(last))
    )
    asked = asked.select(parent_id="interaction_id", asker="actor_key", asked="ts")
    answers = acts.filter(pl.col("kind") == "answer", ~pl.col("actor_is_brand"))
    answers = answers.join(asked, on="parent_id")
    found = answers.filter(pl.col("actor_key") != pl.col("asker"))
    found = found.group_by("parent_id").agg(pl.min("ts"))
    old = pl.col("asked") + timedelta(days=7) <= END
    hours = (pl.col("ts") - pl.col("asked")).dt.total_seconds() / 3600
    return (
        asked.join(found, on="parent_id", how="left")
        .filter(old)
        .with_columns(hours=hours, answered=(hours <= 7 * 24).fill_null(False))
    )


def share_of_answers(first: str, last: str) -> tuple[str, float]:
    """Return the member who gave most answers in some months, and the share of all answers."""
    acts = table("interactions").filter(
        pl.col("space") == "community", pl.col("kind") == "answer", ~pl.col("actor_is_brand")
    )
    rows = acts.filter(month("ts").is_between(pl.lit(first), pl.lit(last)))
    name, count = rows["actor_key"].value_counts(sort=True).row(0)
    return name, count / rows.height


def absenteeism(first: str, last: str, team: str | None = None) -> float:
    """Return hours absent / hours due (without paid leave), from a month to another."""
    holidays = set(table("work_calendar").filter("is_public_holiday")["date"])
    away = {}
    for spell in table("absences").iter_rows(named=True):
        for step in range((spell["end_date"] - spell["start_date"]).days + 1):
            day = spell["start_date"] + timedelta(days=step)
            away[spell["employee_id"], day] = (spell["kind"], spell["hours"])
    lost = due = 0.0
    start, end = date.fromisoformat(f"{first}-01"), last_day(last)
    for state in staff().iter_rows(named=True):
        day = max(state["valid_from"], start)
        while day <= min(state["valid_to"] or end, end):
            hours = state["weekly_hours"][day.weekday()] if day not in holidays else 0.0
            kind, partial = away.get((state["employee_id"], day), (None, None))
            if kind != "paid_leave" and team in (None, state["team"]):
                due += hours
                lost += min(partial or hours, hours) if kind in ANACT else 0.0
            day += timedelta(days=1)
    return lost / due


def study(training_id: str) -> dict[str, float]:
    """Return effect, interval, cost and returns of a training with a control group.

    The benefit counts the months measured after the training, at the margin of one unit.
    """
    rows = table("kpi_measurements").filter(
        pl.col("training_id") == training_id, pl.col("kpi_id") != "knowledge_score"
    )
    arms = table("training_participants").filter(pl.col("training_id") == training_id)
    arms = arms.select("team", subject_key="person_key", arm="arm")
    change = (
        rows.filter(pl.col("phase") != "during")
        .group_by("subject_key", "phase")
        .agg(pl.col("value").mean())
        .pivot(on="phase", index="subject_key", values="value")
        .join(arms, on="subject_key")
        .select("arm", "team", change=pl.col("after") - pl.col("before"))
    )
    treated, control = (
        change.filter(pl.col("arm") == arm)["change"] for arm in ("treated", "control")
    )
    effect = treated.mean() - control.mean()
    half = half_width(change)
    costs = table("costs").filter(pl.col("scope_id") == training_id)
    months = rows.filter(pl.col("phase") == "after")["period_start"].n_unique()
    worth = len(treated) * months * rows["unit_value_eur"][0]
    cost = costs["amount_ht"].sum()
    return {
        "treated": treated.mean(),
        "control": control.mean(),
        "effect": effect,
        "teams": change["team"].n_unique(),
        "low": effect - half,
        "high": effect + half,
        "cost": cost,
        "benefit": effect * worth,
        "roi": effect * worth / cost - 1,
        "roi_low": (effect - half) * worth / cost - 1,
        "naive_roi": treated.mean() * worth / cost - 1,
        "before_months": rows.filter(pl.col("phase") == "before")["period_start"].n_unique(),
    }


def half_width(change: pl.DataFrame) -> float:
    """Return half of a 95 % interval where teams, not people, are drawn.

    The cluster-robust variance of a regression on the two arms (CR2), by whole matrices.
    """
    arms = change.select(pl.col("arm") == "treated", control=pl.col("arm") == "control")
    design, teams = arms.to_numpy().astype(float), change["team"].to_numpy()
    solve = np.linalg.inv(design.T @ design)
    left = np.eye(len(design)) - design @ solve @ design.T
    pulls = []
    for team in np.unique(teams):
        own = np.flatnonzero(teams == team)
        size, turned = np.linalg.eigh(left[np.ix_(own, own)])
        root = turned @ np.diag(size**-0.5) @ turned.T
        pull = np.zeros(len(design))
        pull[own] = root @ design[own] @ solve @ [1, -1]
        pulls.append(left @ pull)
    pulls = np.array(pulls)
    alike = 0.9 * np.eye(len(design)) + 0.1 * (teams[:, None] == teams[None, :])
    likeness = pulls @ alike @ pulls.T
    degrees = np.trace(likeness) ** 2 / (likeness**2).sum()
    error = np.sqrt(((pulls @ change["change"].to_numpy()) ** 2).sum())
    return float(stats.t.ppf(0.975, degrees) * error)
