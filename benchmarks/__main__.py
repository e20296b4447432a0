"""Run all, or those named: python -m benchmarks exactness figures speed population mutation."""

from __future__ import annotations

import sys

PARTS = ("exactness", "figures", "speed", "population", "mutation")


def main(names: list[str]) -> None:
    unknown = [n for n in names if n not in PARTS]
    if unknown:
        raise SystemExit(f"{unknown[0]} is no benchmark. Known: {', '.join(PARTS)}.")
    for name in names or PARTS:
        module = __import__(f"benchmarks.{name}", fromlist=["main"])
        print(f"\n## {name}: {module.__doc__.splitlines()[0]}", flush=True)
        module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
