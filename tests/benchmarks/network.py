"""Time the network of 5,000 people who wrote two million messages in a month."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import kpilib as kl
from kpilib.company import Company
from tests.network import MARCH, office, staff

PEOPLE, MESSAGES, TEAMS = 5_000, 2_000_000, 250
KPIS = ("network_isolation_rate", "network_density", "network_hubs")


def large_office(folder: Path) -> Company:
    """Make a company whose people write to those of their team and to twenty others."""
    rng = np.random.default_rng(8)
    names = np.array([f"e{number:05}" for number in range(PEOPLE)])
    team = np.arange(PEOPLE) % TEAMS
    sender = rng.integers(0, PEOPLE, MESSAGES)
    near = team[sender] + TEAMS * rng.integers(0, PEOPLE // TEAMS, MESSAGES)
    far = (sender + 131 * rng.integers(1, 11, MESSAGES) * rng.choice([-1, 1], MESSAGES)) % PEOPLE
    recipient = np.where(rng.random(MESSAGES) < 0.7, near, far)
    start = np.datetime64("2025-03-01", "s").astype(int)
    messages = pd.DataFrame({
        "message_id": np.char.mod("m%d", np.arange(MESSAGES)),
        "sent_at": pd.to_datetime(start + np.sort(rng.integers(0, 31 * 86400 - 7200, MESSAGES)),
                                  unit="s", utc=True),
        "sender_key": names[sender],
        "recipient_key": names[recipient],
    })  # fmt: skip
    teams = {name: f"t{number}" for name, number in zip(names, team, strict=True)}
    return office(folder, staff(teams), messages)


def main() -> None:
    """Print what each figure takes, in a company that was just opened."""
    with tempfile.TemporaryDirectory() as folder:
        large_office(Path(folder))
        company = kl.open(folder, as_of="2025-03-31")
        whole = time.perf_counter()
        for kpi in KPIS:
            start = time.perf_counter()
            row = company.evaluate(kpi, MARCH).iloc[0]
            print(f"  {kpi:24}{row['value']:8.4f}{time.perf_counter() - start:8.1f} s")
        start = time.perf_counter()
        company.evaluate(list(KPIS[:2]), MARCH, by="team")
        print(f"  {'two of them by team':32}{time.perf_counter() - start:8.1f} s")
        start = time.perf_counter()
        company.people("network_hubs", MARCH)
        print(f"  {'list of hubs':32}{time.perf_counter() - start:8.1f} s")
    print(f"{PEOPLE:,} people, {MESSAGES:,} messages: {time.perf_counter() - whole:.1f} s")


if __name__ == "__main__":
    main()
