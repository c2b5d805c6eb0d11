"""Makes a large file of web sessions, chunk by chunk in the order of time, from a seed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

FIRST, AFTER = datetime(2025, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)
CHUNK = 1_000_000
NEW = 8 / 30  # 8 million visitors for 30 million sessions
STAYS = 600_000  # how many visitors back those who return are, on average
CHANNELS = {
    "organic_search": 0.34, "paid_search": 0.14, "organic_social": 0.10, "paid_social": 0.06,
    "email": 0.12, "direct": 0.15, "referral": 0.05, "display": 0.03, None: 0.01,
}  # fmt: skip
COUNTRIES = {"FR": 0.80, "BE": 0.06, "CH": 0.05, "CA": 0.03, "MA": 0.02, "XX": 0.02, None: 0.02}
PAGES = {f"/page/{number}": 1 / 40 for number in range(40)}
HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), dtype=np.uint16)


def many_sessions(path: Path, rows: int) -> None:
    """Write sessions of 13 months of Paris time, October 2025 to October 2026.

    Parameters
    ----------
    path : Path
    rows : int
    """
    rng = np.random.default_rng(7)
    writer, known = None, 0
    begin, end = (int(instant.timestamp()) for instant in (FIRST, AFTER))
    for first in range(0, rows, CHUNK):
        count = min(CHUNK, rows - first)
        stretch = (begin + (end - begin) * part // rows for part in (first, first + count))
        seconds = np.sort(rng.integers(*stretch, count))
        new = rng.random(count) < NEW
        latest = known + np.cumsum(new)
        back = rng.exponential(STAYS, count).astype(np.int64)
        visitor = np.where(new, latest, np.maximum(latest - back, 1))
        known += int(new.sum())
        pages = rng.geometric(0.45, count)
        several = pages > 1
        seconds_long = np.round(np.exp(rng.normal(4.4, 1.2, count)), 1)
        duration = np.where(several, seconds_long, 0.0)
        engaged = np.where(several, duration * rng.random(count), rng.exponential(8, count))
        chunk = pa.table({
            "session_id": _key(np.arange(first, first + count), 0x9E3779B97F4A7C15),
            "visitor_id": _key(visitor, 0xC2B2AE3D27D4EB4F),
            "started_at": pa.array(seconds * 1_000_000, pa.timestamp("us", "UTC")),
            "duration_s": duration,
            "engaged_s": np.round(engaged, 1),
            "pageviews": pages,
            "key_events": (rng.random(count) < 0.03).astype(np.int64),
            "channel": _drawn(rng, CHANNELS, count),
            "landing_page": _drawn(rng, PAGES, count),
            "country": _drawn(rng, COUNTRIES, count),
            "is_new_visitor": new,
        })  # fmt: skip
        writer = writer or parquet.ParquetWriter(path, chunk.schema, compression="zstd")
        writer.write_table(chunk, row_group_size=250_000)
    writer.close()


def _key(numbers: np.ndarray, odd: int) -> pa.Array:
    """Return keys of sixteen letters, as different as the numbers: an odd factor loses none."""
    raw = (numbers.astype(np.uint64) * np.uint64(odd)).astype(">u8").view(np.uint8)
    ends = np.arange(len(numbers) + 1, dtype=np.int64) * 16
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(HEX[raw].tobytes())]
    return pa.Array.from_buffers(pa.large_string(), len(numbers), buffers)


def _drawn(rng: np.random.Generator, shares: dict, count: int) -> pa.Array:
    places = rng.choice(len(shares), count, p=list(shares.values()))
    return pa.array(list(shares), pa.large_string()).take(pa.array(places))
