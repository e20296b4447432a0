"""What the page asks for when a plan is edited and the other kept: coarse while moving, then in full. Warm."""

from __future__ import annotations

import platform
import random
import statistics
import time

from resynapse.services.explore import Query, explore

TIMES = 40


def main() -> None:
    """Median and 95th percentile of the service alone, without the wire and the browser."""
    print(f"  {platform.machine()}, {platform.processor() or 'processor not named'}")
    for words, moving in (("coarse, 25 x 40", True), ("full, 100 x 40", False)):
        draw, seen = random.Random(1), []
        explore(_query(draw, moving))
        for _ in range(TIMES):
            query = _query(draw, moving)
            begun = time.perf_counter()
            explore(query)
            seen.append(1e3 * (time.perf_counter() - begun))
        ordered = sorted(seen)
        print(f"  {words:<18} median {statistics.median(seen):5.0f} ms, 95th {ordered[int(0.95 * TIMES)]:5.0f} ms")


def _query(draw: random.Random, moving: bool) -> Query:
    """Plan A edited: another dose, length or number of infusions; plan B and the person kept."""
    dose, minutes = round(draw.uniform(0.2, 1.2), 2), draw.randrange(20, 110)
    when = draw.choice(["mon wed fri, 2 weeks", "every 7 d, 4 times", "once"])
    return Query(f"{dose} mg/kg over {minutes} min, {when}", "0.5 mg/kg over 40 min, once", "woman-44", moving=moving)


if __name__ == "__main__":
    main()
