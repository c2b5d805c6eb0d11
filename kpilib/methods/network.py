"""Who writes to whom at work: who has no ties, who stands between others, how dense it all is.

Of who, to whom and when alone: what was written is in no table. Whoever left, has just come or was
away for most of the period is not in the network: nobody who is absent is called isolated.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from math import ceil, sqrt

import narwhals as nw
import numpy as np
import pandas as pd

from kpilib.engine.outcome import NO_DATA, NO_DENOMINATOR, Answer, Outcome, proportion, unknown
from kpilib.engine.slices import EVERYONE, broken_down, of_period
from kpilib.errors import ContractError, ParameterError
from kpilib.methods.call import Call, last_day
from kpilib.period import Period
from kpilib.saying import error_of
from kpilib.tables.derive import CONTRACTS
from kpilib.tables.read import in_pandas
from kpilib.tables.store import Tables

TIE = 3  # messages each way in the period
BROADCAST = 20  # recipients, above which a message is an announcement and no exchange
SETTLED = timedelta(days=30)  # since hired: before, nobody can have many ties
AWAY = 0.5  # of the days of the period: who was away for more is not looked at
FOREMOST = 0.05  # of the people: the hubs, and the influencers
EXACT, SAMPLED = 500, 150  # people up to which paths are followed from everybody; else from so many
NO_MESSAGE = (
    "Nobody who is present wrote to another one who is. The keys of the table messages must be"
    " those of the table employees."
)
NO_TIES = "No tie leads past anybody: there is nothing to stand between."
ALONE = "One person alone has nobody to be tied to."


@dataclass(frozen=True)
class Network:
    """The staff of a period and the ties between them.

    Parameters
    ----------
    staff : pandas.DataFrame
        By ``employee_id``: ``group``, what is asked by, and ``team``.
    directed : pandas.DataFrame
        What `ties` returns.
    is_heard : bool
        Whether anybody wrote to another one at all.
    flags : tuple of str
    """

    staff: pd.DataFrame
    directed: pd.DataFrame
    is_heard: bool
    flags: tuple[str, ...]

    @property
    def mutual(self) -> pd.DataFrame:
        """The ties, each once."""
        once = self.directed["is_mutual"] & (self.directed["sender"] < self.directed["recipient"])
        return self.directed[once]

    @cached_property
    def standing(self) -> pd.DataFrame:
        """What `central` returns: it takes its time."""
        return central(self)


def counted(messages: nw.LazyFrame) -> nw.LazyFrame:
    """Count what each wrote to each, without bots, announcements and notes to oneself.

    Parameters
    ----------
    messages : narwhals.LazyFrame
        ``message_id, sender_key, recipient_key, recipients_n, is_bot``, a row a recipient.

    Returns
    -------
    narwhals.LazyFrame
        ``sender, recipient, messages``.
    """
    rows = messages.group_by("message_id").agg(rows=nw.len())
    # A log of mails has a row for each recipient and may not say how many there were.
    to = nw.max_horizontal("rows", nw.col("recipients_n").fill_null(1))
    kept = messages.join(rows, on="message_id", how="inner").filter(
        to <= BROADCAST,
        ~nw.col("is_bot").fill_null(False),
        nw.col("sender_key") != nw.col("recipient_key"),
    )
    named = kept.select("message_id", sender="sender_key", recipient="recipient_key")
    return named.group_by("sender", "recipient").agg(messages=nw.len())


def ties(counts: pd.DataFrame, people: Collection[str], least: int = TIE) -> pd.DataFrame:
    """Return who writes to whom often enough, and whether it comes back as often.

    Parameters
    ----------
    counts : pandas.DataFrame
        What `counted` returns.
    people : collection of str
        Those among whom ties are looked for.
    least : int
        Messages that make a tie.

    Returns
    -------
    pandas.DataFrame
        ``sender, recipient, is_mutual``: a tie is one that is mutual.
    """
    among = counts["sender"].isin(people) & counts["recipient"].isin(people)
    found = counts.loc[among & (counts["messages"] >= least), ["sender", "recipient"]]
    found = found.sort_values(["sender", "recipient"])  # sums over paths end in other digits by it
    pairs = pd.MultiIndex.from_frame(found)
    back = pd.MultiIndex.from_frame(found[["recipient", "sender"]])
    return found.assign(is_mutual=back.isin(pairs)).reset_index(drop=True)


def central(network: Network) -> pd.DataFrame:
    """Return how each person stands in the network.

    Returns
    -------
    pandas.DataFrame
        By ``employee_id``: ``degree``, ``betweenness`` (shortest paths between two others that
        lead past the person; hubs have many), ``eigenvector`` (tied to those who are well tied,
        in the largest part that hangs together) and ``in_degree`` (how many write to the person
        often). Above 500 people, betweenness is estimated from the paths of 150 of them.
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(network.staff.index)
    edges = network.mutual[["sender", "recipient"]]
    graph.add_edges_from(edges.itertuples(index=False, name=None))
    sample = SAMPLED if len(graph) > EXACT else None
    found = pd.DataFrame(index=network.staff.index)
    found["degree"] = pd.Series(dict(graph.degree()), dtype=float)
    between = nx.betweenness_centrality(graph, k=sample, normalized=False, seed=1)
    found["betweenness"] = pd.Series(between, dtype=float)
    together = graph.subgraph(max(nx.connected_components(graph), key=len))
    if len(together) < 3:  # what finds it needs three
        well_tied = dict.fromkeys(together, 1 / sqrt(len(together)))
    else:
        well_tied = nx.eigenvector_centrality_numpy(together)
    found["eigenvector"] = pd.Series(well_tied, dtype=float)
    found["in_degree"] = network.directed["recipient"].value_counts().astype(float)
    return found.fillna(0.0)


def network_isolation(call: Call) -> Answer:
    """Return the share of the staff without any tie, by a column of employees.

    Never of the whole: beside the teams as they are printed, it would tell the number of one.
    """
    return _answer(call, _isolation)


def network_concentration(call: Call) -> Answer:
    """Return the share of all that leads past somebody which leads past the foremost 5 %.

    Nobody is named: see `hub_list`.

    Raises
    ------
    ContractError
        A breakdown was asked.
    """
    call.only_whole()
    return _answer(call, _concentration)


def network_density(call: Call) -> Answer:
    """Return ties over possible ties, within the staff or within each group.

    ``details`` hold ``mean_degree``, ``reciprocity`` (of what is written often, the part that comes
    back as often) and ``cross_team_share`` (of the ties of a group, those with another team).
    """
    return _answer(call, _density)


def _answer(call: Call, figures: Callable[[Network], Iterator[tuple[str, Outcome]]]) -> Answer:
    answer: Answer = {}
    for period, network in _networks(call):
        if not network.is_heard:
            answer[period, EVERYONE] = unknown(NO_DATA, NO_MESSAGE)
            continue
        for group, outcome in figures(network):
            answer[period, group] = outcome.flagged(*network.flags)
    return answer


def _isolation(network: Network) -> Iterator[tuple[str, Outcome]]:
    tied = network.staff.index.isin(network.mutual[["sender", "recipient"]].to_numpy().ravel())
    isolated = network.staff.assign(alone=~tied).groupby("group")["alone"]
    for group, (alone, people) in isolated.agg(["sum", "size"]).astype(float).iterrows():
        yield group, proportion(alone, people, people=people)


def _concentration(network: Network) -> Iterator[tuple[str, Outcome]]:
    between = network.standing["betweenness"].sort_values(ascending=False)
    people, total, hubs = float(len(between)), float(between.sum()), _foremost(len(between))
    foremost = float(between.head(hubs).sum())
    known = {"numerator": foremost, "denominator": total, "n": people, "people": people}
    if total > 0:
        found = Outcome(value=foremost / total, details={"hubs": float(hubs)}, **known)
    else:
        found = unknown(NO_DENOMINATOR, NO_TIES, **known)
    yield EVERYONE, found.flagged("approximate") if people > EXACT else found


def _density(network: Network) -> Iterator[tuple[str, Outcome]]:
    group, team = network.staff["group"], network.staff["team"]
    tied = network.mutual[["sender", "recipient"]]
    first, second = (tied[side].map(group) for side in tied)
    crosses = tied["sender"].map(team).ne(tied["recipient"].map(team))
    sent = network.directed["sender"].map(group)
    for name, people in group.value_counts(sort=False).items():
        inside, possible = (
            float((first.eq(name) & second.eq(name)).sum()),
            people * (people - 1) / 2,
        )
        details = {
            "mean_degree": float(first.eq(name).sum() + second.eq(name).sum()) / people,
            "reciprocity": _mean(network.directed.loc[sent == name, "is_mutual"]),
            "cross_team_share": _mean(crosses[first.eq(name) | second.eq(name)]),
        }
        known = {"numerator": inside, "denominator": possible, "n": float(people)}
        known |= {"people": float(people), "details": details}
        if possible:
            yield name, Outcome(value=inside / possible, **known)
        else:
            yield name, unknown(NO_DENOMINATOR, ALONE, **known)


def hub_list(call: Call) -> pd.DataFrame:
    """Return how the hubs and the influencers of a period stand, under names made anew each time.

    Parameters
    ----------
    call : Call
        About one period.

    Returns
    -------
    pandas.DataFrame
        One row a person, the first hub first: ``person_key`` (a pseudonym of this list alone),
        ``betweenness``, ``eigenvector``, ``in_degree``, ``is_hub``, ``is_influencer``. No team.

    Raises
    ------
    ParameterError
        There are too few people, or no messages.
    """
    fewest = 2 * call.minimum
    network = next((each for _, each in _networks(call)), None)
    if network is None or not network.is_heard or len(network.staff) < fewest:
        raise error_of(
            ParameterError,
            "{kpi}: there are no messages between at least {fewest} people in that"
            " period, and of fewer nobody is listed.",
            kpi=call.kpi.id,
            fewest=fewest,
        )
    people = network.standing
    first = max(_foremost(len(people)), call.minimum)  # never about one or two
    hubs = people["betweenness"].nlargest(first).index
    influencers = people.sort_values(["eigenvector", "in_degree"], ascending=False).index[:first]
    chosen = people[["betweenness", "eigenvector", "in_degree"]].assign(
        is_hub=people.index.isin(hubs), is_influencer=people.index.isin(influencers)
    )
    chosen = chosen[chosen["is_hub"] | chosen["is_influencer"]]
    chosen.insert(0, "person_key", [secrets.token_hex(4) for _ in range(len(chosen))])
    order = ["betweenness", "person_key"]
    return chosen.sort_values(order, ascending=[False, True], ignore_index=True)


def _networks(call: Call) -> Iterator[tuple[Period, Network]]:
    """Yield the network of each period in which messages were kept."""
    staff_only = CONTRACTS["employees"].column(call.by or "team") is not None
    if not staff_only and call.by not in call.tables.own("employees"):
        raise error_of(
            ContractError,
            "{kpi} is cut by what is known of employees, such as team, and not by {by!r}.",
            kpi=call.kpi.id,
            by=call.by,
        )
    for period in call.reached("messages"):
        cache, key = call.tables.cache, ("network", call.by, period)
        if key not in cache:
            cache[key] = _network(call, period)
        yield period, cache[key]


def _network(call: Call, period: Period) -> Network:
    staff, counts = _settled(call, period), _written(call.tables, period)
    among = counts["sender"].isin(staff.index) & counts["recipient"].isin(staff.index)
    flags = () if "absences" in call.tables else ("approximate",)
    return Network(staff, ties(counts[among], staff.index), bool(among.any()), flags)


def _written(tables: Tables, period: Period) -> pd.DataFrame:
    """Return what was written to whom in a period, counted once for every breakdown."""
    key = ("written", period)
    if key not in tables.cache:
        columns = {"message_id", "sender_key", "recipient_key", "recipients_n", "is_bot", "sent_at"}
        rows = broken_down(tables, "messages", columns, None, (period.start, period.end_day))
        tables.cache[key] = in_pandas(counted(of_period(rows, "sent_at", period, tables)))
    return tables.cache[key]


def _settled(call: Call, period: Period) -> pd.DataFrame:
    """Return who is in post at the end, not newly hired, and was there most of the time."""
    day = last_day(call.tables, period)
    states = call.rows("employees", "employee_id hired_at left_at valid_from valid_to team")
    dates = {
        name: pd.to_datetime(states[name])
        for name in ("hired_at", "left_at", "valid_from", "valid_to")
    }
    at = pd.Timestamp(day)
    here = dates["hired_at"] <= at - SETTLED
    here &= dates["valid_from"].isna() | (dates["valid_from"] <= at)
    for end in ("left_at", "valid_to"):
        here &= dates[end].isna() | (dates[end] >= at)
    staff = states[here].sort_values(["employee_id", "group"]).drop_duplicates("employee_id")
    staff = staff.set_index("employee_id")[["group", "team"]]
    if "absences" not in call.tables:
        return staff
    spells = replace(call, by=None).rows("absences", "employee_id start_date end_date")
    first = pd.to_datetime(spells["start_date"]).clip(lower=pd.Timestamp(period.start))
    last = pd.to_datetime(spells["end_date"]).fillna(at).clip(upper=at)
    spells = spells[["employee_id"]].assign(first=first, last=last)[first <= last]
    days = [pd.date_range(each.first, each.last) for each in spells.itertuples()]
    gone = spells.assign(day=days).explode("day").groupby("employee_id")["day"].nunique()
    away = staff.index.map(gone).fillna(0).to_numpy() / ((day - period.start).days + 1)
    return staff[away <= AWAY]


def _foremost(people: int) -> int:
    return max(1, ceil(FOREMOST * people - 1e-9))


def _mean(flags: pd.Series) -> float | None:
    return float(np.mean(flags)) if len(flags) else None
