"""What causes the spread of each headline number."""

from __future__ import annotations

from typing import Any

from ferrotope.report.figures.canvas import new_figure
from ferrotope.result import Result

__all__ = ["ranking_bars"]

_CAUSES = 4  # shown a headline


def ranking_bars(result: Result) -> Any | None:
    """Return horizontal bars of squared rank correlation, headline by headline."""
    rows = [(path, pairs[:_CAUSES]) for path, pairs in result.ranking.items() if pairs and path in result.records]
    if not rows:
        return None
    labels, shares, colours, height = [], [], [], 0
    for path, pairs in rows:
        title = result.records[path].title
        for index, (name, share) in enumerate(pairs):
            labels.append((title if index == 0 else "", name))
            shares.append(share)
            colours.append("#0b5d7a" if index == 0 else "#7fb0c4")
        height += len(pairs)
    figure, (axis,) = new_figure(1, height=0.8 + 0.24 * height)
    positions = range(height)
    axis.barh(positions, shares, color=colours, height=0.72)
    axis.set_ylim(height - 0.4, -0.6)
    axis.set_xlim(0, 1.6)
    axis.set_xticks([0, 0.25, 0.5, 0.75, 1.0])
    axis.set_yticks(positions, [title for title, _ in labels], fontsize=8)
    for position, share, (_, name) in zip(positions, shares, labels, strict=True):
        axis.text(share + 0.01, position, name, va="center", fontsize=7.2, color="#1d2530")
    axis.set_xlabel("squared rank correlation", fontsize=8.5)
    return figure
