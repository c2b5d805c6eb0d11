"""What people wrote, in the languages of the reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

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

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        written = handler.resolve_ref_schema(handler(core))
        text = written.pop("description")
        return {"description": text, "anyOf": [{"type": "string"}, written]}

    def __bool__(self) -> bool:
        return bool(self.en or self.fr)

    def in_language(self, lang: str) -> str:
        """Return the text in a language, or in the other when it was written in one only."""
        return getattr(self, lang) or self.en or self.fr


def same_in(text: str, known: Iterable[Words], lang: str) -> str:
    """Return a text of one language as the plan says the same in another; unchanged if it does not.

    A role that signs a check-in is named once, whatever the reader's language.
    """
    found = (each for each in known if text and text in (each.en, each.fr))
    return next((each.in_language(lang) for each in found), text)
