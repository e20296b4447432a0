"""The last few things that were made, by what they were made of."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Last(Generic[T]):
    """At most `most` values; the one that was asked for longest ago goes first."""

    def __init__(self, most: int = 8) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, T] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, made if it is not."""
        if key not in self._kept:
            self._kept[key] = make()
        self._kept.move_to_end(key)
        found = self._kept[key]
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)
        return found
