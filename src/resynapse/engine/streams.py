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


def paired(seed: int, name: str, draws: int, *shape: int) -> Array:
    """Standard normals (draws, *shape), each odd draw the mirror of the one before: means settle sooner."""
    half = normals(seed, name, -(-draws // 2), *shape)
    return np.stack([half, -half], axis=1).reshape(-1, *shape)[:draws]


def _plastic(dims: int) -> float:
    """Root of x**(dims + 1) = x + 1: its powers give the most even additive sequence in so many dimensions."""
    x = 2.0
    for _ in range(64):
        x = (1 + x) ** (1 / (dims + 1))
    return x


def even(seed: int, names: tuple[str, ...], draws: int, people: int) -> dict[str, Array]:
    """Uniform numbers by name, (draws, people), spread evenly over all names together within each draw.

    An additive sequence with a random shift for each draw and name: each number alone is uniform, a draw's
    people cover the space better than chance would, and person k stays the same when more are asked for.
    """
    root = _plastic(len(names))
    k = np.arange(1, people + 1)
    return {
        name: np.mod(uniforms(seed, f"shift:{name}", draws, 1) + k * root ** -(j + 1.0), 1.0)
        for j, name in enumerate(names)
    }


def uniforms(seed: int, name: str, draws: int, *shape: int) -> Array:
    """Uniform numbers (draws, *shape), likewise."""
    return np.stack([_generator(seed, name, d).random(shape) for d in range(draws)])
