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
NOTICE = ".kl.kl-notice{border-left:4px solid #b4bcc6;background:#f3f5f8;padding:.6rem .9rem}"
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
