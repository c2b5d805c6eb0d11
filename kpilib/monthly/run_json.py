"""The shape of run.json, by which an index or a later run reads what an earlier one left."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from pydantic import BaseModel, Field, ValidationError


class Reason(BaseModel):
    """Why a notebook has no page: an English message, and what fills its slots."""

    message: str
    slots: dict[str, Any]


class Entry(BaseModel):
    """One notebook."""

    state: str
    reason: Reason
    log: str = ""
    file: str
    titles: dict[str, str]
    pages: dict[str, str]
    kpis: dict[str, str] = Field(default_factory=dict)
    late: list[str] = Field(default_factory=list)
    seen_alone: list[int] = Field(default_factory=list)
    told: dict[str, dict[str, Any]] = Field(default_factory=dict)
    seconds: dict[str, dict[str, float]] = Field(default_factory=dict)


class Restated(BaseModel):
    """What was published otherwise."""

    count: int
    topics: dict[str, int]
    lines: dict[str, list[dict[str, Any]]]


class Seal(BaseModel):
    """What the rows of the period in the ledger were."""

    rows: int = Field(ge=0)
    sha256: str


class RunJson(BaseModel):
    """A period's run, as far as it is read again; an older version may lack what has a default."""

    company: str
    languages: list[str] = Field(min_length=1)
    notebooks: dict[str, Entry]
    first: date | None = None
    last: date | None = None
    identity: str = ""
    restated: Restated | None = None
    ledger: Seal | None = None


def read(content: bytes) -> dict[str, Any]:
    """Return what a run.json holds; a `ValueError` says in one clause what is wrong with it."""
    try:
        found = json.loads(content)
        RunJson.model_validate(found)
    except ValidationError as error:
        fault = error.errors()[0]
        raise ValueError(
            f"{'.'.join(map(str, fault['loc'])) or 'all of it'}: {fault['msg']}"
        ) from None
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    return found
