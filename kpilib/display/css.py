"""The style of the blocks, given with each so that any notebook shows it as the page does.

A page that holds many blocks calls `once`, which keeps the first copy of each sheet.
"""

from __future__ import annotations

import re

BASE = (
    ".kl{color:#1b2733;font:1rem/1.45 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;"
    "max-width:38rem;margin:1rem 0 1.6rem;overflow-wrap:anywhere}"
    ".kl *{box-sizing:border-box}.kl p{margin:.3rem 0}"
    ".kl .kl-quiet{color:#5b6776;font-size:.875rem}"
    ".kl .kl-title{display:block;font-weight:650;font-size:1.08rem;line-height:1.3}"
)
TABLE = (
    ".kl .kl-scroll{overflow-x:auto;max-width:100%}"
    ".kl table{border-collapse:collapse;width:100%;font-size:.875rem;margin:.5rem 0}"
    ".kl caption{text-align:left;font-weight:600;padding:.2rem 0}"
    ".kl th,.kl td{padding:.25rem .5rem .25rem 0;border-bottom:1px solid #e3e7ec;"
    "text-align:left;vertical-align:top;background:none}"
    ".kl thead th{border-bottom:2px solid #5b6776;font-weight:600}"
    ".kl td,.kl thead th{overflow-wrap:break-word}.kl tbody th{font-weight:400}"
    ".kl .kl-number{text-align:right;padding-left:.5rem;font-variant-numeric:tabular-nums}"
)
CHART = (
    ".kl figcaption{margin-bottom:.4rem}.kl svg.kl-picture{display:block;width:100%;height:auto;"
    "background:#fff}.kl details{margin-top:.4rem;font-size:.875rem}"
    ".kl summary{cursor:pointer;color:#0b3c6f}"
    ".kl ol{margin:.3rem 0;padding-left:1.4rem;font-size:.875rem;color:#5b6776}"
    "@media print{.kl{break-inside:avoid}.kl details{display:none}}"
)
NOTICE = ".kl.kl-notice{border-left:4px solid #b4bcc6;background:#f3f5f8;padding:.6rem .9rem}"
CARDS = (
    ".kl.kl-wide{max-width:none}"
    ".kl ul.kl-cards{list-style:none;margin:.6rem 0;padding:0;display:grid;gap:.8rem;"
    "grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr))}"
    ".kl .kl-card{border:1px solid #d5dbe2;border-top:4px solid #b4bcc6;border-radius:4px;"
    "padding:.7rem .8rem;background:#fff;display:flex;flex-direction:column;gap:.25rem;margin:0}"
    ".kl .kl-card p{margin:0}.kl .kl-card .kl-name{font-weight:600;line-height:1.25}"
    ".kl .kl-figure{font-size:1.75rem;font-weight:650;line-height:1.15;"
    "font-variant-numeric:tabular-nums}"
    ".kl .kl-absent{font-size:1rem;font-weight:400}"
    ".kl .kl-head{display:flex;justify-content:space-between;gap:.6rem;align-items:flex-end}"
    ".kl svg.kl-spark{width:7.5rem;height:2.6rem;flex:none}"
    ".kl dl{margin:.2rem 0 0;font-size:.875rem;display:grid;grid-template-columns:auto 1fr;"
    "gap:.15rem .7rem;overflow-wrap:break-word}"
    # JupyterLab floats the terms of a list and gives them a fifth of the width.
    ".kl dl dt,.kl dl dd{float:none;width:auto;margin:0;padding:0;font-weight:400}"
    ".kl dl dt{color:#5b6776}"
    ".kl .kl-verdict{margin-top:auto!important;padding-top:.4rem;font-weight:600}"
    ".kl .kl-icon{display:inline-block;width:1em;height:1em;vertical-align:-.12em;"
    "margin-right:.35em}"
    ".kl .kl-success{border-top-color:#007a5a}.kl .kl-moderate_success{border-top-color:#56b4e9}"
    ".kl .kl-moderate_failure{border-top-color:#e69f00}"
    ".kl .kl-proven_failure{border-top-color:#c04a00}"
    ".kl .kl-todo{border:1px solid #d5dbe2;border-left:4px solid #c04a00;background:#fff;"
    "border-radius:4px;padding:.6rem .9rem}.kl .kl-todo ol{margin:.3rem 0 0;padding-left:1.3rem;"
    "color:inherit;font-size:1rem}.kl .kl-todo li{margin:.25rem 0}"
    "@media print{.kl ul.kl-cards{grid-template-columns:1fr 1fr}.kl .kl-card,.kl .kl-todo"
    "{break-inside:avoid}}"
)
GAUGE = (
    ".kl .kl-gauge{margin:.3rem 0;max-width:20rem}"
    ".kl .kl-gauge svg{display:block;width:100%;height:auto;font-family:inherit}"
    ".kl .kl-gauge p{margin:0;font-size:.875rem;line-height:1.35}"
)
BOARD = (
    ".kl .kl-counts,.kl .kl-lines,.kl .kl-tree,.kl .kl-results,.kl .kl-plain{list-style:none;"
    "padding:0;margin:.5rem 0;font-size:1rem;color:inherit}"
    ".kl .kl-counts{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;font-weight:600}"
    ".kl.kl-board>.kl-title{margin-top:1rem}"
    ".kl .kl-line{display:grid;grid-template:'name now' auto 'next next' auto/"
    "minmax(0,1fr) minmax(0,17rem);gap:.1rem 1.2rem;margin:0;padding:.45rem 0 .5rem .8rem;"
    "border-left:4px solid #b4bcc6;border-bottom:1px solid #e3e7ec;align-items:baseline}"
    ".kl .kl-line p{margin:0}.kl .kl-line .kl-name{grid-area:name;font-weight:650}"
    ".kl .kl-said{font-weight:400;font-size:.875rem}"
    ".kl .kl-now{grid-area:now}.kl .kl-now strong{font-size:1.25rem;line-height:1.2;"
    "font-variant-numeric:tabular-nums}.kl .kl-next{grid-area:next}"
    "@media (max-width:34rem){.kl .kl-line{grid-template:'name' auto 'now' auto 'next' auto/"
    "minmax(0,1fr)}}"
    ".kl .kl-line.kl-success,.kl .kl-result.kl-success{border-left-color:#007a5a}"
    ".kl .kl-line.kl-moderate_success,.kl .kl-result.kl-moderate_success"
    "{border-left-color:#56b4e9}"
    ".kl .kl-line.kl-moderate_failure,.kl .kl-result.kl-moderate_failure"
    "{border-left-color:#e69f00}"
    ".kl .kl-line.kl-proven_failure,.kl .kl-result.kl-proven_failure{border-left-color:#c04a00}"
    ".kl .kl-plain li{margin:.35rem 0}"
    ".kl .kl-tree .kl-tree{margin:.2rem 0 .2rem .2rem;padding-left:1.1rem;"
    "border-left:2px solid #d5dbe2}"
    ".kl .kl-tree>li{margin:.8rem 0}"
    ".kl .kl-branch{display:grid;gap:.2rem 1.4rem;align-items:start;"
    "grid-template-columns:repeat(auto-fit,minmax(min(16rem,100%),1fr))}"
    ".kl .kl-branch p{margin:0}.kl .kl-branch .kl-name{font-weight:650;font-size:1.05rem}"
    ".kl .kl-results li{margin:.2rem 0;padding-left:1.4rem;text-indent:-1.4rem}"
    ".kl details.kl-result{border-left:4px solid #b4bcc6;padding:.3rem 0 .3rem .8rem;"
    "margin:.6rem 0;font-size:1rem}"
    ".kl details.kl-result>summary{color:inherit;font-size:1.05rem}"
    ".kl .kl-sides{display:grid;gap:.4rem 1.8rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(19rem,100%),1fr))}"
    ".kl .kl-sides>div{min-width:0}.kl .kl-sides figure.kl{margin:.4rem 0}"
    ".kl .kl-checkin{border-left:2px solid #d5dbe2;padding-left:.8rem;margin:.5rem 0}"
    ".kl .kl-checkin p{font-size:.9375rem}"
    ".kl .kl-tests td,.kl .kl-tests thead tr+tr th{text-align:center;padding:.25rem .3rem}"
    "@media print{.kl.kl-board{break-inside:auto}.kl .kl-line,.kl .kl-tree>li>.kl-branch,"
    ".kl .kl-sides>div{break-inside:avoid}.kl details.kl-result{display:block!important}"
    ".kl details.kl-result::details-content{content-visibility:visible}}"
)
SHEET = re.compile(r'<style class="kl-sheet">.*?</style>', re.DOTALL)


def sheet(*parts: str) -> str:
    """Return the style element that a block needs."""
    return f'<style class="kl-sheet">{"".join((BASE, *parts))}</style>'


def once(page: str) -> str:
    """Keep only the first copy of each style sheet of a page."""
    seen: set[str] = set()

    def keep_first(match: re.Match[str]) -> str:
        text = match[0]
        if text in seen:
            return ""
        seen.add(text)
        return text

    return SHEET.sub(keep_first, page)
