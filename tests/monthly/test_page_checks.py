"""What may not be published: whatever runs, fetches, is not described, or is not a figure."""

from __future__ import annotations

import pytest

from kpilib.monthly.checks import SIZE_LIMIT, faults_of

HEAD = (
    "<!doctype html><html lang='en'><head>"
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    "<title>x</title></head><body>"
)
CHART = '<svg role="img" aria-label="Sessions rise"><path d="M0 0"/></svg>'


def page(body: str) -> str:
    return f"{HEAD}{body}</body></html>"


GOOD = [
    CHART,
    "<svg><title>Sessions rise</title><g><title>4 in May</title><path d='M0 0'/></g></svg>",
    "<p>Nancy and Information: none of them, infinite patience.</p>",
    "<table><tr><th scope='row'>None</th><td>n/a</td></tr></table>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt; <b>onerror=alert(1)</b></p>",
    "<a href='../2026-09/audience.html#top'>back</a><a href='https://kpilib.example/a'>source</a>",
    "<img alt='A heat map' src='data:image/png;base64,AAAA'>",
    "<svg aria-hidden='true'><path d='M0 0'/></svg>",
    '<svg aria-label="x"><defs><clipPath id="p1"></clipPath></defs>'
    '<use xlink:href="#m1" clip-path="url(#p1)"/></svg>',
]


@pytest.mark.parametrize("body", GOOD)
def test_an_inert_page_passes(body):
    assert faults_of(page(body)) == []


LIVE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//x></sCrIpT>",
    "<svg aria-label=x><script>alert(1)</script></svg>",
    "<img alt=x src=x onerror=alert(1)>",
    "<svg aria-label=x onload=alert(1)></svg>",
    "<details ontoggle=alert(1) open>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='data:text/html,<b>x'>x</a>",
    "<iframe srcdoc='<b>x'></iframe>",
    "<object data=x></object>",
    "<embed src=x>",
    "<base href=//x>",
    "<form action=//x><button formaction=//y>x</button></form>",
    "<meta http-equiv=refresh content='0;url=//x'>",
    "<link rel=stylesheet href=//x>",
    "<style>@import '//x';</style>",
    "<p style='background:url(//x)'>x</p>",
    "<svg aria-label=x><style><img src=x onerror=alert(1)></style></svg>",
    "<!--<img src=x onerror=alert(1)>-->",
    "<svg aria-label=x><image href='//x/y.png'/></svg>",
    "<svg aria-label=x><use href='//x#y'/></svg>",
    "<svg aria-label=x><foreignObject>x</foreignObject></svg>",
    "<img alt=x src='https://x/y.png'>",
    "<img alt=x srcset='https://x/y.png 2x' src='data:image/png;base64,AA'>",
    "<math><mi>x</mi></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<svg aria-label=x><![CDATA[<img src=x onerror=alert(1)>]]></svg>",
]


@pytest.mark.parametrize("body", LIVE)
def test_a_page_that_could_run_or_fetch_something_is_refused(body):
    assert faults_of(page(body))


@pytest.mark.parametrize(
    "body",
    [
        "<table><td>nan</td></table>",
        "<table><td>inf %</td></table>",
        "<table><td>NaT</td></table>",
        "<table><td>from 3 to nan</td></table>",
        "<b>None</b>",
        "<span>−inf</span>",
        "<svg aria-label=x><text>nan</text></svg>",
        "<dd>&lt;NA&gt;</dd>",
    ],
)
def test_what_is_not_a_number_is_no_figure(body):
    (fault,) = faults_of(page(body))
    assert fault == (
        "A figure on it is not a number (nan, inf, NaT or None). Show the frame itself, which"
        ' leaves it blank (a Styler with .format(na_rep="")), or write why there is none.'
    )


def test_a_chart_that_is_missing_is_noticed():
    assert faults_of(page(CHART), charts=2) == ["It shows 1 charts where the notebook drew 2."]
    assert faults_of(page(CHART), charts=0) == []  # words of its author may hold a picture
    assert faults_of(page(CHART + "<img alt='A map' src='data:image/png;base64,AA'>"), 2) == []


def test_a_chart_or_image_without_a_description_is_refused():
    assert faults_of(page("<svg><g><title>tooltip</title></g></svg>")) == [
        "It has a chart without a description."
    ]
    assert faults_of(page("<img src='data:image/png;base64,AA'>")) == [
        'It has an image without a description. Give it one: Image(..., alt="...").'
    ]


def test_a_page_that_weighs_too_much_is_refused():
    assert faults_of(page("x" * SIZE_LIMIT)) == ["It weighs 400 kB; 400 kB is the limit."]
    (fault,) = faults_of(page("x" * SIZE_LIMIT), heaviest=lambda: "Cell 4 alone makes 390 of them.")
    assert fault == "It weighs 400 kB; 400 kB is the limit. Cell 4 alone makes 390 of them."


def test_a_page_says_its_language_and_its_policy():
    faults = faults_of("<html><body></body></html>")
    assert faults == [
        "It is not a complete document.",
        "It does not say its language.",
        "It has no content security policy.",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<table><thead><tr><th>person_key</th><th>acts</th></tr></thead><tr><td>k1</td></table>",
        "<pre>  customer_id  revenue\n0      c0145     55.0</pre>",
    ],
)
def test_a_table_of_persons_is_refused(body):
    (fault,) = faults_of(page(body))

    assert fault.startswith("It shows persons: the column ")
    assert fault.endswith("Count them, or leave it out of the page.")
    assert "k1" not in fault and "c0145" not in fault


def test_a_table_about_groups_of_persons_is_not():
    body = "<table><thead><tr><th>Person</th></tr></thead><tr><th>person_key</th></tr></table>"

    assert faults_of(page(body + "<p>The column person_key is missing.</p>")) == []
