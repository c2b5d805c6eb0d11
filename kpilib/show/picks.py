"""``kl.pick``: which KPIs for an objective or a training, by a call or by two menus."""

from __future__ import annotations

from typing import Any

from kpilib.errors import ParameterError
from kpilib.language import speaker
from kpilib.objectives.picker import OBJECTIVE_TYPE_WORDS, TRAINING_TOPIC_WORDS, picked
from kpilib.opening import opened
from kpilib.show.choice import Choice, Choices


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

    Notes
    -----
    In JupyterLab, ``kl.pick.widget(data)`` gives the same with two menus.

    Examples
    --------
    >>> kl.pick("revenue")
    >>> kl.pick("Did our e-mailing course help?", data=data).method
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

    Raises
    ------
    ParameterError
        ipywidgets is not installed.
    """
    try:
        import ipywidgets
    except ImportError:
        raise ParameterError(
            "The menus need ipywidgets: pip install ipywidgets, then start JupyterLab again. "
            'kl.pick("revenue") does the same without them.'
        ) from None
    say = speaker(lang)
    company = None if data is None else opened(data)
    nothing = ("", None)
    objectives = ipywidgets.Dropdown(
        options=[nothing, *((say(said), key) for key, said in OBJECTIVE_TYPE_WORDS.items())],
        value=None,
        description=say("Objective"),
    )
    trainings = ipywidgets.Dropdown(
        options=[nothing, *((say(said), key) for key, said in TRAINING_TOPIC_WORDS.items())],
        value=None,
        description=say("Training"),
    )
    shown = ipywidgets.HTML()

    def show(_: Any = None) -> None:
        shown.value = pick(objectives.value, trainings.value, company, lang)._repr_html_()

    for menu in (objectives, trainings):
        menu.observe(show, names="value")
    show()
    return ipywidgets.VBox([objectives, trainings, shown])


pick.widget = widget  # one public name: the menus are the same question
