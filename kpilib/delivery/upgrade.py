"""Older company folders: what no longer reads as it did is rewritten, and a copy kept."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kpilib.errors import CompanyError, KpilibError
from kpilib.files import replacing, require_folder
from kpilib.language import LANGUAGES, speaker
from kpilib.methods.attainment import MOST_KEY_RESULTS
from kpilib.monthly.glossary import TOPIC_WORDS
from kpilib.objectives.plan import FILE, read_plan
from kpilib.saying import error_of
from kpilib.sources.staging import staging
from kpilib.topics.catalogue import kpi

OLD = ".old"  # behind the name of a copy
# What reading a file ends in that is no YAML or JSON, or has another shape than any version wrote.
SHAPELESS = (YAMLError, ValueError, LookupError, TypeError, AttributeError)
DECLARED = re.compile(r"^month(?=\s*[:=])", re.M)
HANDED_ON = re.compile(r"\b(?:month|period)\s*=\s*month\b")


def upgrade(folder: Path, *, dry_run: bool = False) -> list[tuple[str, str]]:
    """Rewrite the files of a company folder that are of an older kpilib.

    Parameters
    ----------
    folder : Path
        The company's.
    dry_run : bool
        Only say what would change.

    Returns
    -------
    list of tuple of str
        Each file that changed, and why; what it was lies beside it, named ``.old``.

    Raises
    ------
    CompanyError
        A file could not be made one of now; all is as it was.
    """
    require_folder(folder)
    done: list[tuple[Path, str]] = []
    with staging(folder):
        try:
            for path, says, text in _changes(folder):
                done.append((path, says))
                if not dry_run:
                    shutil.copy2(path, _old(path))
                    with replacing(path) as aside:
                        aside.write_text(text, encoding="utf-8")
            if done and not dry_run:
                read_plan(folder)  # what is written now must be read now
        except KpilibError as error:
            for path, _ in done:
                if _old(path).exists():
                    _old(path).replace(path)
            raise error_of(CompanyError, "Nothing was changed: {why}", why=error) from None
    return [(path.relative_to(folder).as_posix(), says) for path, says in done]


def _old(path: Path) -> Path:
    return path.with_name(path.name + OLD)


def _changes(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for says, files, made_new in STEPS:
        for path in sorted(folder.glob(files)):
            try:
                before = path.read_text(encoding="utf-8")
                after = made_new(before)
            except KpilibError:
                raise
            except SHAPELESS:
                raise error_of(
                    CompanyError,
                    "{file} does not read as a file of any kpilib. Mend it (kpilib check names the"
                    " faults of what is no notebook), or take it out of the folder.",
                    file=path.relative_to(folder).as_posix(),
                ) from None
            if after != before:
                yield path, says, after


def _below_objectives(text: str) -> str:
    """Put key results that once stood alone below objectives, one a topic, comments and all."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 200
    given = yaml.load(text)
    if not isinstance(given, dict) or "objectives" in given or "key_results" not in given:
        return text
    by_topic: dict[str, list[Any]] = {}
    for result in given["key_results"]:
        if not isinstance(result["kpi"], str):
            raise TypeError  # a shape that no version wrote
        measured = kpi(result["kpi"])
        if "action" in result:
            result["next_action"] = result.pop("action")
        result.setdefault("mode", "from_to" if "baseline" in result else "absolute")
        # Rates were fractions; what a number is of is said today.
        unit = measured.unit.partition("_per_")[0]  # EUR_per_lead is written EUR
        result.setdefault("unit", "fraction" if unit == "rate" else unit)
        by_topic.setdefault(measured.topic, []).append(result)
    objectives = [
        {
            "id": f"{topic}_{first // MOST_KEY_RESULTS + 1}",
            "kind": "okr",
            "statement": {lang: speaker(lang)(TOPIC_WORDS[topic]) for lang in LANGUAGES},
            "key_results": results[first : first + MOST_KEY_RESULTS],
        }
        for topic, results in by_topic.items()
        for first in range(0, len(results), MOST_KEY_RESULTS)
    ]
    made = StringIO()
    yaml.dump({"objectives": objectives}, made)
    return made.getvalue()


def _period(text: str) -> str:
    """Call the parameter of a notebook `period`, where it is still called `month`."""
    given = json.loads(text)
    for cell in given["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and "month" in source:
            if "parameters" in cell["metadata"].get("tags", ()):
                source = DECLARED.sub("period", source)
            named = HANDED_ON.sub("period=period", source)
            cell["source"] = named.splitlines(keepends=True)
    renamed = json.dumps(given, indent=1, ensure_ascii=False) + "\n"
    return text if given == json.loads(text) else renamed


# What changed between versions, where, and how a file of before becomes one of now.
STEPS = (
    (
        "key results stand below objectives and name their unit; `action` is `next_action`",
        FILE,
        _below_objectives,
    ),
    ("the parameter `month` is called `period`", "notebooks/*.ipynb", _period),
)
