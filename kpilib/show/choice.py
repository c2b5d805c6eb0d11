"""`kl.pick`: which KPIs for an objective or a training, by a call or two menus; what it shows."""

from __future__ import annotations

from functools import cached_property
from textwrap import indent, wrap
from typing import Any

import pandas as pd

from kpilib.company import Company
from kpilib.display.card import COLUMNS, lines, needs
from kpilib.display.numbers import Formatter
from kpilib.errors import KpilibError
from kpilib.language import speaker
from kpilib.objectives.past import propose
from kpilib.objectives.picker import (
    NATURE_WORDS,
    OBJECTIVE_TYPE_WORDS,
    OBJECTIVE_TYPES,
    TRAINING_TOPIC_WORDS,
    TRAINING_TOPICS,
    Pick,
    as_yaml,
    picked,
)
from kpilib.opening import opened
from kpilib.show.measuring import Measuring
from kpilib.show.pages import fill
from kpilib.topics.catalogue import catalogue

KINDS = {
    "objective": (OBJECTIVE_TYPES, OBJECTIVE_TYPE_WORDS),
    "training": (TRAINING_TOPICS, TRAINING_TOPIC_WORDS),
}
TITLE_WORDS = {"objective": "Objectives", "training": "Topics of trainings"}
THERE = ("ok", "not_additive", "suppressed")  # the data is there, whatever may be shown of it


def pick(
    objective: str | None = None,
    training: str | None = None,
    data: Any = None,
    lang: str = "en",
) -> Choice | Choices:
    """Say which KPIs to follow for an objective or a training.

    Parameters
    ----------
    objective : str, optional
        One of the eleven types: its id (``"revenue"``) or its name in English or French; or a
        question in everyday words, about an objective or about a training.
    training : str, optional
        A topic of a training, such as ``"sales_methods"``, or a question about one.
    data : path, mapping or Company, optional
        What `kpilib.open` takes: says which data is missing, and gives baseline and target.
    lang : str

    Returns
    -------
    Choice
        ``.kpis`` (at most four ids, the headline first), ``.table`` and ``.objective``, a text to
        paste into objectives.yaml; of a training also ``.method``, how to measure it and what the
        data allow, and ``.plan``, what to collect when. Without either: what can be chosen.

    Raises
    ------
    UnknownName
        There is no such objective or topic; the nearest is suggested.

    Examples
    --------
    >>> kl.pick("Did our e-mailing course help?", data=data).method
    >>> kl.pick.widget(data)  # the same by two menus, in JupyterLab
    """
    if objective is None and training is None:
        return Choices(lang)
    company = None if data is None else opened(data)
    return Choice(picked(objective, training, company), company, lang)


def widget(data: Any = None, lang: str = "en") -> Any:
    """Return two menus and what they choose, for JupyterLab.

    Parameters
    ----------
    data : path, mapping or Company, optional
    lang : str
    """
    import ipywidgets  # heavy, and only the menus need it

    say = speaker(lang)
    company = None if data is None else opened(data)

    def menu(name: str, words: dict[str, str]) -> Any:
        options = [("", None), *((say(said), key) for key, said in words.items())]
        return ipywidgets.Dropdown(options=options, value=None, description=name)

    objectives = menu(say("Objective"), OBJECTIVE_TYPE_WORDS)
    trainings = menu(say("Training"), TRAINING_TOPIC_WORDS)
    shown = ipywidgets.HTML()

    def show(_: Any = None) -> None:
        shown.value = pick(objectives.value, trainings.value, company, lang)._repr_html_()

    for each in (objectives, trainings):
        each.observe(show, names="value")
    show()
    return ipywidgets.VBox([objectives, trainings, shown])


pick.widget = widget  # one public name: the menus are the same question


class Choice:
    """The KPIs that were chosen, each with what it is and what it lacks, and an objective to paste.

    Parameters
    ----------
    pick : Pick
    company : Company or None
    lang : str
    """

    def __init__(self, pick: Pick, company: Company | None, lang: str) -> None:
        self.pick = pick
        self.company = company
        self.lang = lang
        self.say = speaker(lang)

    @property
    def kpis(self) -> list[str]:
        """Ids of at most four KPIs, the headline first."""
        return list(self.pick.kpis)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a KPI: ``kpi, role, label, formula, benchmark, needs, missing``.

        ``missing`` lists tables and columns that the data does not have, or says why there is no
        figure for the last month; it is missing itself where no data was given.
        """
        rows = []
        for rank, name in enumerate(self.kpis):
            kpi = catalogue()[name]
            rows.append(
                {
                    "kpi": name,
                    "role": "secondary" if rank else "headline",
                    "label": self.say(kpi.label),
                    "formula": self.say(kpi.formula),
                    "benchmark": self._benchmark(name),
                    "needs": "; ".join(needs(kpi, self.say)),
                    "missing": self._missing(name),
                }
            )
        return pd.DataFrame(rows)

    @cached_property
    def method(self) -> pd.DataFrame | None:
        """How the training can be measured, the surest first; None of an objective.

        One row a rung of proof: ``rung, proof, takes, trainings, allowed, best``; see
        `kpilib.show.measuring`.
        """
        return None if self._measuring is None else self._measuring.rungs()

    @cached_property
    def plan(self) -> pd.DataFrame | None:
        """What to collect of the training, of whom and when: ``what, when, who``."""
        return None if self._measuring is None else self._measuring.plan()

    @cached_property
    def _measuring(self) -> Measuring | None:
        topic = self.pick.training
        return None if topic is None else Measuring(topic, self.company, self.say)

    @cached_property
    def objective(self) -> str:
        """An objective to paste into objectives.yaml.

        With data, the baseline is the last complete month and the target a proposal from the
        company's own past, said so beside it; without, both are questions, and reading the file
        asks them.
        """
        proposal = propose(self.pick.headline, self.company)
        return as_yaml(self.pick, proposal, self.say, speaker("fr"), speaker("en"))

    def _repr_html_(self) -> str:
        rows = self.table.to_dict("records")
        return fill(
            "choice.html.j2",
            Formatter(self.lang),
            title=self._title(),
            understood=self._understood(),
            kpis=[{**row, "lines": self._lines(row)} for row in rows],
            how=self._how(),
            proofs=[] if self.method is None else self.method.to_dict("records"),
            objective=self.objective,
        )

    def __repr__(self) -> str:
        found = [self._title(), *self._understood(), ""]
        for number, row in enumerate(self.table.to_dict("records"), start=1):
            found.append(f"{number}. {row['label']} ({row['kpi']})")
            for line in self._lines(row):
                found.append(indent("\n".join(wrap(line, COLUMNS - 3)), "   "))
        found += [line for said in self._how() for line in ("", *wrap(said, COLUMNS))]
        return "\n".join(
            [*found, "", self.say("To paste into objectives.yaml:"), "", self.objective]
        )

    def _title(self) -> str:
        say, found = self.say, []
        if self.pick.objective is not None:
            one = self.pick.objective
            nature = say(NATURE_WORDS[one.nature])
            found.append(f"{say(OBJECTIVE_TYPE_WORDS[one.id])} ({nature})")
        if self.pick.training is not None:
            topic = say(TRAINING_TOPIC_WORDS[self.pick.training.id])
            found.append(say("Training: {topic}", topic=topic))
        return " · ".join(found)

    def _understood(self) -> list[str]:
        """Say by which word a question was understood, or which topics are nearest to it."""
        say, pick = self.say, self.pick
        if pick.heard:
            return [say("Understood by the word “{word}”.", word=pick.heard)]
        if not pick.near:
            return []
        near = ", ".join(f"{say(TRAINING_TOPIC_WORDS[each])} ({each})" for each in pick.near)
        return [
            say(
                "The question names no topic that is known: this holds for any training. The"
                " nearest topics are: {near}.",
                near=near,
            )
        ]

    def _how(self) -> list[str]:
        return [] if self._measuring is None else self._measuring.sentences()

    def _lines(self, row: dict[str, Any]) -> list[str]:
        say = self.say
        pairs = [
            (say("Formula"), row["formula"]),
            (say("Benchmark"), row["benchmark"] or say("none that is known")),
            (say("Data needed"), row["needs"]),
        ]
        if row["missing"] is not None:
            pairs.append((say("Missing data"), row["missing"] or say("nothing")))
        return [say("{label}: {text}", label=label, text=said) for label, said in pairs]

    def _missing(self, name: str) -> str | None:
        lost = self.pick.lost.get(name)
        if self.company is None or lost is None or lost:
            return None if lost is None else ", ".join(lost)
        if catalogue()[name].by or self.company.as_of is None:
            return ""
        month = self.company.last_month()
        try:
            row = self.company.series(name, month, 1).to_dict("records")[0]
        except KpilibError as error:
            return str(error)
        if row["status"] in THERE:
            return ""
        settings = self.company.settings
        write = Formatter(self.lang, settings.currency, settings.privacy.minimum_group)
        slots = {"month": write.month(month), "reason": write.reason(row)}
        return self.say("no figure for {month}: {reason}", **slots)

    def _benchmark(self, name: str) -> str:
        term = self.say("Benchmark")
        found = [each for each in lines(catalogue()[name], self.say) if each.term == term]
        return f"{found[0].said} {found[0].standing}" if found else ""


class Choices:
    """What can be chosen: the eleven types of objectives and the topics of trainings."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.say = speaker(lang)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a choice: ``choice, name, kind, headline, secondary``."""
        rows = [
            (each.id, self.say(words[each.id]), kind, each.kpis[0], ", ".join(each.kpis[1:]))
            for kind, (found, words) in KINDS.items()
            for each in found.values()
        ]
        return pd.DataFrame(rows, columns=["choice", "name", "kind", "headline", "secondary"])

    def _repr_html_(self) -> str:
        labels = [self.say(catalogue()[each].label) for each in self.table["headline"]]
        told = self.table.assign(label=labels)
        parts = [
            (self.say(title), told[told["kind"] == kind].to_dict("records"))
            for kind, title in TITLE_WORDS.items()
        ]
        return fill("choices.html.j2", lang=self.lang, parts=parts)

    def __repr__(self) -> str:
        found = []
        width = self.table["choice"].str.len().max() + 2
        for kind, title in TITLE_WORDS.items():
            rows = self.table[self.table["kind"] == kind].to_dict("records")
            lines_ = (f"  {row['choice']:<{width}}{row['name']}" for row in rows)
            found += [self.say(title), *lines_, ""]
        return "\n".join(found[:-1])
