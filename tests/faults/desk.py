"""An analyst's desk: a company with presets of its own, and the commands as they are typed.

Orders of a till and visits of a site; every value is invented. Each order below is worth 10 or 20,
so that the revenue of a month is seen at once.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path

import polars as pl
from click.testing import CliRunner, Result

from kpilib.cli import commands
from tests.sources.shop import KEY

MONTH = "2026-10"
HEADER = "Order No,Buyer,Ordered,Amount,State"
CANARY = "canary-4711"  # stands in a cell that is wrong, and may never be said

TILL = """
id: till
name: Till
status: documented
tables:
  - id: orders
    target: orders
    signature: [Order No, Ordered, Amount]
    fields:
      order_id: {names: Order No, type: id}
      customer_id: {names: Buyer, type: id, pseudonym: true, required: false}
      ordered_at: {names: Ordered, type: date}
      amount_ht: {names: Amount, type: money, decimal: auto}
      status: {names: State, values: {Paid: paid}, required: false, default: paid}
    totals: [{column: order_id, pattern: Total}]
    additive: [amount_ht]
"""
SITE = """
id: site
name: Site
status: documented
tables:
  - id: visits
    target: sessions
    signature: [Visit, Begun, Country]
    fields:
      session_id: {names: Visit, type: id}
      visitor_id: {names: Visitor, type: id, pseudonym: true, required: false}
      started_at: {names: Begun, type: date}
      country: {names: Country}
"""
PLAN = """
objectives:
  - id: growth
    statement: Sell more
    start: 2026-01-01
    end: 2026-12-31
    key_results:
      - {id: kr, kpi: revenue, mode: from_to, unit: EUR, baseline: 100, target: 200}
"""


class Desk:
    """A company's folder, a folder of downloads, and the commands.

    Parameters
    ----------
    root : Path
        An empty folder.
    """

    def __init__(self, root: Path) -> None:
        self.folder, self.downloads = root / "acme", root / "downloads"
        (self.folder / "presets").mkdir(parents=True)
        (self.folder / "tables").mkdir()
        self.downloads.mkdir()
        self.settings()
        for name, text in (("till", TILL), ("site", SITE)):
            (self.folder / "presets" / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.runner = CliRunner(env={"KPILIB_KEY": KEY})

    def settings(self, *lines: str) -> None:
        """Write company.yaml."""
        text = "\n".join(["name: Acme", "timezone: Europe/Paris", "as_of: 2026-10-31", *lines])
        (self.folder / "company.yaml").write_text(text + "\n", encoding="utf-8")

    def got(self, data: bytes | str | Iterable[str], name: str = "export.csv") -> Path:
        """Save what was downloaded."""
        if not isinstance(data, (bytes, str)):
            data = "\n".join(data) + "\n"
        path = self.downloads / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def table(self, name: str, *lines: str) -> Path:
        """Put a table of the company's own into its folder, as CSV."""
        path = self.folder / "tables" / f"{name}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def plan(self, text: str) -> None:
        """Write objectives.yaml."""
        (self.folder / "objectives.yaml").write_text(text, encoding="utf-8")

    def run(self, *words: object) -> Result:
        """Type a command."""
        return self.runner.invoke(commands, [*map(str, words), "--data", str(self.folder)])

    def takes(self, *words: object) -> str:
        """Import, and return what was said; it has to go well."""
        res = self.run("import", *words)
        assert (res.exit_code, res.stderr) == (0, ""), res.output
        return res.stdout

    def refuses(self, *words: object) -> str:
        """Import, and return what was said; it has to be refused, and nothing may be written."""
        before = self.state()
        res = self.run("import", *words)
        assert (res.exit_code, res.stdout) == (1, ""), res.output
        assert res.stderr.startswith("kpilib: ") and "Traceback" not in res.stderr
        assert CANARY not in res.stderr
        assert self.state() == before
        return res.stderr

    def state(self) -> dict[str, bytes]:
        """Return every file of the company, but for the lock."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name != ".import.lock"
        }

    def rows(self, kpi: str, month: str = MONTH, by: str = "") -> list[dict]:
        """Return the figures that ``kpilib value`` gives."""
        asked = ["value", kpi, "--month", month, "--format", "json"]
        res = self.run(*asked, *(["--by", by] if by else []))
        assert res.exit_code == 0, res.output
        return json.loads(res.stdout)

    def figure(self, kpi: str = "revenue", month: str = MONTH) -> float | None:
        """Return one figure."""
        (row,) = self.rows(kpi, month)
        return row["value"]

    def groups(self, kpi: str, by: str) -> dict[str, float]:
        """Return the figures of the groups of a column."""
        return {row[by]: row["value"] for row in self.rows(kpi, by=by)}

    def checked(self) -> tuple[int, str]:
        """Return the exit code of ``kpilib check`` and what it said."""
        res = self.run("check")
        assert "Traceback" not in res.output and CANARY not in res.output
        return res.exit_code, res.stdout


def order(number: int, amount: str = "10.00", day: str = "2026-10-05") -> str:
    """Return the row of an order."""
    return f"A{number:03},buyer{number}@client.example,{day},{amount},Paid"


def orders(*amounts: str) -> list[str]:
    """Return an export of orders with these amounts."""
    return [HEADER, *(order(number, amount) for number, amount in enumerate(amounts, 1))]


def on(*days: str) -> list[str]:
    """Return an export of orders of 10 on these days."""
    return [HEADER, *(order(number, day=day) for number, day in enumerate(days, 1))]


def parquet(**columns: list) -> bytes:
    """Return a Parquet file."""
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()
