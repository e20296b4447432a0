"""Counter-based random streams: a name and a draw give the stream, a person's row its place in it.

So a number does not depend on the order of calls, on the other people asked for, or on the batch.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def _generator(seed: int, name: str, draw: int) -> np.random.Generator:
    key = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:16], "little")
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, draw]))


def normals(seed: int, name: str, draws: int, *shape: int) -> Array:
    """Standard normals (draws, *shape); the first rows stay the same when more are asked for."""
    return np.stack([_generator(seed, name, d).standard_normal(shape) for d in range(draws)])


def uniforms(seed: int, name: str, draws: int, *shape: int) -> Array:
    """Uniform numbers (draws, *shape), likewise."""
    return np.stack([_generator(seed, name, d).random(shape) for d in range(draws)])
