"""A company whose shop exports orders: a preset of its own, and exports with invented rows."""

from __future__ import annotations

from pathlib import Path

PRESET = """
id: shop
name: Shop
status: documented
tables:
  - id: orders
    target: orders
    signature: [Order No, Buyer, Ordered, Amount, State]
    fields:
      order_id: {names: Order No, type: id}
      customer_id: {names: Buyer, type: id, pseudonym: true}
      ordered_at: {names: Ordered, type: instant}
      amount_ht: {names: Amount, type: money, decimal: auto}
      status: {names: State, values: {Paid: paid, Cancelled: cancelled}}
    totals: [{column: order_id, pattern: Total}]
    additive: [amount_ht]
"""
HEADER = "Order No,Buyer,Ordered,Amount,State"
KEY = "a key that is long enough"


def company(folder: Path, preset: str = PRESET) -> Path:
    """Make a company's folder with a preset of its own."""
    (folder / "presets").mkdir(parents=True)
    (folder / "tables").mkdir()
    (folder / "company.yaml").write_text("name: Shop\ntimezone: Europe/Paris\n", encoding="utf-8")
    (folder / "presets" / "shop.yaml").write_text(preset, encoding="utf-8")
    return folder


def row(number: int, amount: str = "10.00", day: str = "2026-10-05", state: str = "Paid") -> str:
    """Return an order; its buyer is always the same one."""
    return f"A{number:03},buyer{number % 3}@client.example,{day},{amount},{state}"


def export(path: Path, *rows: str, header: str = HEADER) -> Path:
    """Write an export."""
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def state_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, but for the lock: what must not change when a run fails."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".import.lock"
    }
