"""How a page is laid out on paper: nothing closed, nothing empty, small charts two a line."""

from __future__ import annotations

from xml.etree import ElementTree

from kpilib.delivery.on_paper import lay_out


def chart(name: str, kind: str = "") -> str:
    return (
        f'<div class="result"><figure class="kl-figure {kind}"><figcaption>{name}</figcaption>'
        f'<div class="kl-picture"><img alt="{name}"/></div><p>events of {name}</p>'
        "<details><summary>The figures</summary><p>CLOSED</p></details></figure></div>"
    )


def part(*inside: str, title: str = "") -> str:
    heading = f'<div class="text"><h2>{title}</h2></div>' if title else ""
    return f'<section class="part">{heading}{"".join(inside)}</section>'


def laid_out(*parts: str) -> ElementTree.Element:
    root = ElementTree.fromstring(f"<html><body><main>{''.join(parts)}</main></body></html>")
    lay_out(root)
    return root


def rows(root: ElementTree.Element) -> list[list[str]]:
    """What every row says, cell by cell."""
    found = [each for each in root.iter("div") if each.get("class") == "row"]
    return [
        ["|".join(filter(None, map(str.strip, cell.itertext()))) for cell in row] for row in found
    ]


def pictures(root: ElementTree.Element) -> list[list[str]]:
    found = [each for each in root.iter("div") if each.get("class") == "row"]
    return [[",".join(img.get("alt") for img in cell.iter("img")) for cell in row] for row in found]


TABLE = (
    '<div class="result"><details class="kl-table"><table><tr><td>1</td></tr></table></details>'
    "</div>"
)


def test_what_only_a_screen_needs_goes_and_its_heading_with_it():
    limits = '<div class="result"><div class="kl-closed kl-limits"><p>HIDDEN</p></div></div>'
    screen = '<div class="result"><div><details class="kl-screen">HIDDEN</details></div></div>'
    said = '<section class="part"><div class="text"><p>Said alone.</p></div></section>'
    root = laid_out(
        part(limits, title="How these figures mislead"), part(screen, TABLE, title="What changed?"),
        said,
    )  # fmt: skip
    text = "".join(root.itertext())
    assert "HIDDEN" not in text and "mislead" not in text
    assert "What changed?" in text and "Said alone." in text
    assert len([*root.iter("table")]) == 1  # what is closed and not for a screen alone is printed


def test_two_parts_of_one_small_chart_share_a_line():
    root = laid_out(part(chart("a"), title="A?"), part(chart("b"), title="B?"))
    assert rows(root) == [["A?|a|events of a", "B?|b|events of b"]]
    assert pictures(root) == [["a", "b"]]
    assert "CLOSED" not in "".join(root.itertext())


def test_a_lone_chart_has_what_is_said_of_it_beside_it():
    root = laid_out(part(chart("a"), title="A?"), part(TABLE, title="T?"))
    assert rows(root) == [["A?|a|events of a", ""]]
    assert pictures(root) == [["", "a"]]
    third = laid_out(*(part(chart(name), title=name.upper()) for name in "abc"))
    assert pictures(third) == [["a", "b"], ["", "c"]]


def test_charts_of_one_part_stand_below_its_heading_and_the_last_one_beside_its_own_words():
    root = laid_out(part(chart("a"), chart("b"), chart("c"), TABLE, title="A?"))
    assert rows(root) == [["a|events of a", "b|events of b"], ["c|events of c", ""]]
    assert pictures(root) == [["a", "b"], ["", "c"]]
    section = root.find(".//section")
    assert [each.get("class") for each in section] == ["text", "row", None, "result"]


def test_a_wide_chart_keeps_its_line_and_what_a_result_says_beside_a_chart_stays():
    both = chart("b").replace("</figure></div>", "</figure><p>more</p></div>")
    root = laid_out(part(chart("a", "kl-wide")), part(both))
    assert rows(root) == []
    assert "more" in "".join(root.itertext())


def test_no_text_is_lost_or_told_in_another_order():
    """Tags follow the tree: whoever listens hears heading, chart, events, as on the screen."""
    parts = [part(chart("a"), "<div class='text'>between</div>", chart("b"), title="A?"),
             part(chart("c"), title="C?"), part(TABLE), part(chart("d"), title="D?")]  # fmt: skip
    before = "".join("".join(parts).replace("CLOSED", "").replace("The figures", ""))
    plain = ElementTree.fromstring(f"<main>{before}</main>")
    assert "".join(laid_out(*parts).itertext()) == "".join(plain.itertext())


def test_cards_stand_two_a_line_and_large_tables_may_be_cut():
    cards = "".join(f'<div class="kl-card">{name}</div>' for name in "abc")
    table = "".join(f"<tr>{'<td>1</td>' * 8}</tr>" for _ in range(12))
    root = laid_out(f'<div class="kl-cards">{cards}</div>', f"<table>{table}</table>", TABLE)
    assert rows(root) == [["a", "b"], ["c"]]
    assert [each.get("class") for each in root.iter("table")] == ["long many", None]


def test_what_led_to_another_page_is_no_link():
    root = laid_out("<p><a>Sessions</a> <a href='#x'>here</a></p>")
    assert [each.get("href") for each in root.iter("a")] == ["#x"]
    assert "".join(root.itertext()) == "Sessions here"
