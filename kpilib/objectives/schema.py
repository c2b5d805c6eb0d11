"""The JSON schema of objectives.yaml, for editors: what may be written where, and what it means.

``python -m kpilib.objectives.schema`` writes it beside this file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kpilib.objectives.written import Plan

FILE = Path(__file__).with_name("objectives.schema.json")


def schema() -> dict[str, Any]:
    """Return the schema that the models give."""
    made = _in_one_line(Plan.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _in_one_line(part: Any) -> Any:
    """Join descriptions that stand on several lines, and leave out titles, which repeat the key."""
    if isinstance(part, list):
        return [_in_one_line(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {key: each for key, each in part.items() if key != "title" or not isinstance(each, str)}
    if isinstance(text := kept.get("description"), str):  # else a key of that name
        kept["description"] = " ".join(text.split())
    return {key: _in_one_line(each) for key, each in kept.items()}


def text() -> str:
    """Return the schema as it is written to its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
