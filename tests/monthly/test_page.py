"""From an executed notebook to a page."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from kpilib.monthly.checks import charts_in
from kpilib.monthly.job import Outcome
from kpilib.monthly.page import (
    charts_of,
    faults_of_cells,
    heaviest,
    page_output,
    render,
    seen_alone,
)
from kpilib.monthly.run import ended

FRAME = {
    "company": "Example", "short": "Trainings", "month": "2026-10",
    "twins": [], "neighbours": [],
    "basis": SimpleNamespace(
        first=date(2026, 10, 1), last=date(2026, 10, 31), as_of=None, timezone="Europe/Paris",
        versions={},
    ),
}  # fmt: skip


def picture(number, said):
    """A cell that shows a chart: the parts of each have ids of their own."""
    html = f'<figure><svg id="kl{number}-1"><text>{said}</text></svg></figure>'
    return new_code_cell(outputs=[new_output("display_data", {"text/html": html})])


def test_two_pictures_of_a_section_that_say_the_same_stand_once():
    cells = [
        new_markdown_cell("# Trainings"),
        new_markdown_cell("## What did it change?"),
        picture(1, "Missing table: costs."),
        picture(2, "Missing table: costs."),
        picture(3, "Missing table: trainings."),
        new_markdown_cell("## Did it pay?"),
        picture(4, "Missing table: costs."),
    ]
    page = render(new_notebook(cells=cells), "en", FRAME)

    assert [f'id="kl{number}-1"' in page for number in (1, 2, 3, 4)] == [True, False, True, True]


def test_a_raw_cell_is_for_programs_and_no_part_of_a_page():
    cells = [
        new_markdown_cell("# Trainings"),
        new_markdown_cell("## Did it pay?"),
        new_raw_cell("for LaTeX alone"),
        picture(1, "It did."),
    ]
    page = render(new_notebook(cells=cells), "en", FRAME)

    assert "It did." in page and "LaTeX" not in page


def test_the_first_words_of_a_page_without_a_finding_are_its_title_and_none_are_left_out():
    cells = [
        new_markdown_cell("# What I tried"),
        new_markdown_cell("Calls are counted by hand."),
        picture(1, "Calls rose."),
        new_markdown_cell("### What is left"),
    ]
    page = render(new_notebook(cells=cells), "en", FRAME)

    told = ["<h1>What I tried</h1>", "Calls are counted by hand.", "Calls rose.", "What is left"]
    assert [each for each in told if each not in page] == []
    assert page.count("<h1") == 1

    found = drawn("<h1>Calls rose</h1>")
    page = render(new_notebook(cells=[cells[0], found]), "en", FRAME)
    assert "What I tried · October 2026" in page and page.count("<h1") == 1


OWN = """## Which ones?

- the *first*
- the second

| a | b |
|---|---|
| 1 | 2 |

```
# counted

by hand
```

<details><summary>More</summary>

said *aside*

</details>"""


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_lists_tables_and_code_of_ones_own_stand_as_written(lang):
    cells = [new_markdown_cell("# Ours & theirs"), new_markdown_cell(OWN)]
    page = render(new_notebook(cells=cells), lang, FRAME)

    assert "<li>the <em>first</em></li>" in page and page.count("<li>") == 2
    assert "<td>1</td>" in page
    assert "# counted\n\nby hand" in page
    title = "Ours &amp; theirs"
    marked = f'<span lang="en">{title}</span>'
    assert f"<h1>{title if lang == 'en' else marked}</h1>" in page
    assert re.search(r"<details>.*<em>aside</em>.*</details>", page.partition("</main>")[0], re.S)
    # Of the page, or of the title, the heading and what stands below it.
    assert page.count('lang="en"') == (1 if lang == "en" else 3)


def test_a_copy_in_french_is_french_on_a_french_page_and_english_on_the_other():
    parameters = new_code_cell('lang: str = "fr"', metadata={"tags": ["parameters"]})
    said = new_markdown_cell("## Ouvrent-ils\u00a0?\n\nNos relances du jeudi.")
    executed = new_notebook(cells=[new_markdown_cell("# Nos relances"), parameters, said])

    french, english = (render(executed, lang, FRAME) for lang in ("fr", "en"))
    assert "Ouvrent-ils" in french and french.count('lang="') == 1
    assert "Do they open?</h2>" in english
    assert '<h1><span lang="fr">Nos relances</span></h1>' in english
    assert '<span lang="fr">Nos relances du jeudi.</span>' in english


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(array([1.]), array([0., 1.]), <BarContainer object of 1 artists>)", False),
        ("[<mpl_toolkits.mplot3d.art3d.Line3D at 0x7f>]", False),
        ("{'whiskers': [<matplotlib.lines.Line2D at 0x7f>]}", False),
        ("([0, 1],\n [Text(0, 0, 'direct'),\n  Text(1, 0, 'email')])", False),  # of plt.xticks
        ("Text(0.5, 1.0, 'leads')", False),
        ("{'leads': 12}", True),
        ("'Text(0) of <b>'", True),
    ],
)
def test_no_object_of_a_picture_stands_as_text(text, shown):
    output = new_output("execute_result", {"text/plain": text})
    assert page_output(output) is shown


def test_a_progress_bar_stands_on_no_page():
    bar = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "  0%|    | 0/3"}
    assert not page_output(new_output("display_data", bar))


def test_a_formula_stands_as_it_is_written():
    formula = new_output("display_data", {"text/latex": "$a < b$", "text/plain": "<Latex object>"})
    page = render(new_notebook(cells=[new_code_cell(outputs=[formula])]), "en", FRAME)
    assert "<pre>$a &lt; b$</pre>" in page


def printed(text):
    return new_code_cell(outputs=[new_output("stream", text=text)])


def drawn(html):
    return new_code_cell(outputs=[new_output("execute_result", {"text/html": html})])


PERSONS = [
    drawn("<table><thead><tr><th>person_key</th><th>acts</th></tr></thead></table>"),
    printed("Here:\n  customer_id  revenue\n0      c0145     55.0"),
    drawn("<svg aria-label=x><text>c0145</text></svg>"),
    printed("['c0145', 'c0007']"),
    printed("It was late, she wrote"),
]
STAFF = [
    drawn("<table><thead><tr><th></th><th>kind</th><th>hours</th></tr></thead></table>"),
    printed("   team  hours_attended\n0  lyon             3.5"),
]


def test_the_cell_that_weighs_most_is_named_with_what_to_do():
    injected = new_code_cell(metadata={"tags": ["injected-parameters"]})
    cells = [new_markdown_cell("# Mine"), injected, printed("a few"), drawn("x" * 5000)]

    assert heaviest(new_notebook(cells=cells)) == (
        "Cell 3 alone makes 5 of them: show fewer rows (head), or draw many marks as pixels"
        " (rasterized=True)."
    )
    assert heaviest(new_notebook(cells=cells[:1])) == ""


class TestPersons:
    NAMED = frozenset(("c0145", "It was late"))

    @pytest.mark.parametrize("cell", PERSONS)
    def test_whoever_is_named_is_named_by_no_page(self, cell):
        injected = new_code_cell(metadata={"tags": ["injected-parameters"]})
        executed = new_notebook(cells=[new_markdown_cell("# Mine"), injected, cell])
        (fault,) = faults_of_cells(executed, self.NAMED)

        assert fault.startswith("Cell 2: It shows ")
        assert fault.endswith("Count them, or leave it out of the page.")
        assert "c0145" not in fault and "late" not in fault

    @pytest.mark.parametrize("cell", STAFF)
    def test_rows_of_staff_are_persons_without_their_pseudonyms(self, cell):
        (fault,) = faults_of_cells(new_notebook(cells=[cell]), frozenset())

        assert fault.startswith("Cell 1: It shows columns of ")
        assert "each about one person. Ask data.evaluate(..., by='team')" in fault

    def test_what_no_page_may_hold_is_told_by_its_cell(self):
        cells = [drawn("<b>8</b>"), drawn("<table><td>nan</td></table><script>go()</script>")]
        faults = list(faults_of_cells(new_notebook(cells=cells), frozenset()))

        assert [each.partition(". ")[0] for each in faults] == [
            "Cell 2: A figure on it is not a number (nan, inf, NaT or None)",
            "Cell 2: It has the element <script>.",
        ]

    def test_a_picture_that_no_page_can_show_is_told_by_its_cell(self):
        plotly = new_output("display_data", {"application/vnd.plotly.v1+json": {"data": []}})
        image = new_output("display_data", {"image/png": "AAAA"})
        told = new_output(
            "display_data", {"image/png": "AAAA"}, metadata={"image/png": {"alt": "Our logo"}}
        )
        cells = [new_code_cell(outputs=[each]) for each in (plotly, image, told)]

        assert list(faults_of_cells(new_notebook(cells=cells), frozenset())) == [
            "Cell 1: It shows a picture that only another program can draw. Draw it with matplotlib"
            " or seaborn, or display it as PNG or SVG.",
            'Cell 2: It has an image without a description. Give it one: Image(..., alt="...").',
        ]

    def test_groups_and_words_are_not(self):
        cells = [
            drawn("<table><thead><tr><th>team</th><th>count</th></tr></thead></table>"),
            drawn("<table><thead><tr><th>channel</th><th>pageviews</th></tr></thead></table>"),
            printed("team"),
            printed("c01455 and xc0145"),
        ]

        assert not list(faults_of_cells(new_notebook(cells=cells), self.NAMED))


def test_a_picture_that_only_its_axes_describe_is_told_by_the_number_of_its_cell():
    injected = new_code_cell(metadata={"tags": ["injected-parameters"]})
    own = drawn('<figure class="kl-figure" data-described="axes"></figure>')
    cells = [new_markdown_cell("# Mine"), injected, picture(1, "It did."), own]

    assert seen_alone(new_notebook(cells=cells)) == [3]
    job, made = SimpleNamespace(topic="mine", lang="en"), Outcome(seen_alone=[3])
    assert ended(job, made) == (
        "mine en: ok (0.0 s). Only its axes describe a picture of cell 3: say what it shows, as"
        ' figure.set_label("...").'
    )


def test_a_chart_that_only_another_program_can_draw_is_missed():
    """A picture of plotly is data for its own script, which no page runs: a page says nothing."""
    plotly = new_output("display_data", {"application/vnd.plotly.v1+json": {"data": []}})
    cells = [
        new_markdown_cell("# Trainings"),
        new_markdown_cell("## Did it pay?"),
        picture(1, "It did."),
        picture(2, "It did."),
        new_code_cell(outputs=[new_output("display_data", {"image/png": "AAAA"}), plotly]),
    ]
    executed = new_notebook(cells=cells)

    assert charts_of(executed) == 3
    with pytest.warns(UserWarning, match="plotly"):
        page = render(executed, "en", FRAME)
    assert charts_in(page) == 2
