"""Social networks: does the community grow, does it react, who takes part, what is said of us?"""

from __future__ import annotations

from kpilib.topics.social import content, conversation, page, reputation

KPIS = (*page.KPIS, *content.KPIS, *conversation.KPIS, *reputation.KPIS)
