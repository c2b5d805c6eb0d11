"""What people wrote, in the languages of the reports."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, model_validator

from kpilib.settings import Strict


class Words(Strict):
    """A text in one or both languages; a missing one falls back on the other.

    A text without a language is meant for both.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str = ""
    fr: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, given: Any) -> Any:
        return {"en": given, "fr": given} if isinstance(given, str) else given

    def __bool__(self) -> bool:
        return bool(self.en or self.fr)

    def in_language(self, lang: str) -> str:
        """Return the text in a language, or in the other when it was written in one only."""
        return getattr(self, lang) or self.en or self.fr
