"""HMAC-SHA256 of a column of short texts, dozens side by side: a night makes twenty million tokens.

`hashlib` hashes one value a call and holds Python's lock meanwhile, which takes ten times as long. This is FIPS 180-4,
section 6.2, word for word, each step done for `_LANES` messages at once, which compilers turn into vector instructions;
numba compiles it once and keeps it. `lake.keys` compares a token with hashlib's before it trusts any.
"""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit, types, uint8, uint32, uint64, void
from numpy.typing import NDArray

from lake.keys import TOKEN_LENGTH

BLOCK_BYTES = 64
LONGEST = BLOCK_BYTES - 9
"""Bytes of a message that, with its padding and length, still is one block."""

Words = NDArray[np.uint32]
Function = TypeVar("Function", bound=Callable[..., object])

_LANES = 64  # what they need fits into the nearest cache
_PRIMES = [n for n in range(2, 312) if all(n % divisor for divisor in range(2, math.isqrt(n) + 1))]
_ROUNDS = (np.cbrt(_PRIMES) % 1 * 2**32).astype(np.uint32)
_START = (np.sqrt(_PRIMES[:8]) % 1 * 2**32).astype(np.uint32)
_BASE64URL = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8)

_read_only = {kind: types.Array(kind, 1, "C", readonly=True) for kind in (uint8, uint32, types.int64)}


def _compiled(signature: Any) -> Callable[[Function], Function]:
    def compile_and_keep(function: Function) -> Function:
        try:
            compiled: Function = njit(signature, nogil=True, cache=True)(function)
        except RuntimeError:  # neither the folder of this file nor the user's cache can be written to
            compiled = njit(signature, nogil=True)(function)
        return compiled

    return compile_and_keep


def absorbed(block: bytes) -> Words:
    """Return the state of SHA-256 after a first block, shape (8,)."""
    words = np.zeros((64, _LANES), np.uint32)
    words[:16] = np.frombuffer(block, ">u4").astype(np.uint32)[:, None]
    state = np.repeat(_START[:, None], _LANES, axis=1)
    _compress(state, words)
    return state[:, 0].copy()


def tokens(characters: NDArray[np.uint8], offsets: NDArray[np.int64], prefix: bytes, key: tuple[Words, Words]) -> bytes:
    """Return the token of each message: the first 96 bits of its HMAC-SHA256, in base64url.

    Parameters
    ----------
    characters, offsets
        The messages as Arrow lays strings out: message ``i`` is ``characters[offsets[i]:offsets[i + 1]]``. What stands
        for one longer than `LONGEST` with its prefix means nothing.
    prefix
        What every message begins with, fewer bytes than `LONGEST`.
    key
        `absorbed` of the key's inner and of its outer block (RFC 2104, section 4).

    Returns
    -------
    bytes
        `TOKEN_LENGTH` characters a message.

    Raises
    ------
    ValueError
        If the prefix leaves no room in the block.
    """
    if len(prefix) >= LONGEST:
        raise ValueError(f"a prefix of {len(prefix)} bytes, expected fewer than {LONGEST}")
    made = np.empty((len(offsets) - 1) * TOKEN_LENGTH, np.uint8)
    _hash_all(characters, offsets, np.frombuffer(prefix, np.uint8), *key, made)
    return made.tobytes()


@_compiled(uint32(uint32, uint32))
def _turned(word: np.uint32, by: int) -> np.uint32:
    turned: np.uint32 = (word >> by) | (word << (uint32(32) - by))
    return turned


@_compiled(void(uint32[:, ::1], uint32[:, ::1]))
def _compress(state: Words, words: Words) -> None:
    """Take one block a lane into the state, shape (8, lanes); `words` (64, lanes) has the block in its first 16."""
    for t in range(16, 64):
        for lane in range(_LANES):
            early, late = words[t - 15, lane], words[t - 2, lane]
            mixed_early = _turned(early, 7) ^ _turned(early, 18) ^ (early >> uint32(3))
            mixed_late = _turned(late, 17) ^ _turned(late, 19) ^ (late >> uint32(10))
            words[t, lane] = mixed_late + words[t - 7, lane] + mixed_early + words[t - 16, lane]
    working = np.empty((8, _LANES), np.uint32)
    for word in range(8):
        for lane in range(_LANES):
            working[word, lane] = state[word, lane]
    for t in range(64):
        # The names move on by one place each round, the values stay.
        a, b, c, d = (64 - t) & 7, (65 - t) & 7, (66 - t) & 7, (67 - t) & 7
        e, f, g, h = (68 - t) & 7, (69 - t) & 7, (70 - t) & 7, (71 - t) & 7
        for lane in range(_LANES):
            at_a, at_e = working[a, lane], working[e, lane]
            choice = (at_e & working[f, lane]) ^ (~at_e & working[g, lane])
            majority = (at_a & working[b, lane]) ^ (at_a & working[c, lane]) ^ (working[b, lane] & working[c, lane])
            mixed_e = _turned(at_e, 6) ^ _turned(at_e, 11) ^ _turned(at_e, 25)
            mixed_a = _turned(at_a, 2) ^ _turned(at_a, 13) ^ _turned(at_a, 22)
            first = working[h, lane] + mixed_e + choice + _ROUNDS[t] + words[t, lane]
            working[d, lane] += first
            working[h, lane] = first + mixed_a + majority
    for word in range(8):
        for lane in range(_LANES):
            state[word, lane] += working[word, lane]


@_compiled(
    void(
        _read_only[uint8],
        _read_only[types.int64],
        _read_only[uint8],
        _read_only[uint32],
        _read_only[uint32],
        uint8[::1],
    )
)
def _hash_all(
    characters: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    prefix: NDArray[np.uint8],
    inner: Words,
    outer: Words,
    made: NDArray[np.uint8],
) -> None:
    words, state = np.empty((64, _LANES), np.uint32), np.empty((8, _LANES), np.uint32)
    before, count = len(prefix), len(offsets) - 1
    digest_padding = np.zeros(8, np.uint32)
    digest_padding[0], digest_padding[7] = 0x80000000, 8 * (BLOCK_BYTES + 32)
    beginning = np.zeros(16, np.uint32)
    for place in range(before):
        beginning[place >> 2] |= uint32(prefix[place]) << uint32(24 - 8 * (place & 3))
    for first in range(0, count, _LANES):
        lanes = min(_LANES, count - first)
        for word in range(16):
            for lane in range(_LANES):
                words[word, lane] = beginning[word]
        for lane in range(lanes):
            start = offsets[first + lane]
            length = min(offsets[first + lane + 1] - start, LONGEST - before)
            for place in range(before, before + length):
                words[place >> 2, lane] |= uint32(characters[start + place - before]) << uint32(24 - 8 * (place & 3))
            end = before + length
            words[end >> 2, lane] |= uint32(0x80) << uint32(24 - 8 * (end & 3))
            words[15, lane] = 8 * (BLOCK_BYTES + end)
        for word in range(8):
            for lane in range(_LANES):
                state[word, lane] = inner[word]
        _compress(state, words)
        for word in range(8):
            for lane in range(_LANES):
                words[word, lane], words[word + 8, lane] = state[word, lane], digest_padding[word]
                state[word, lane] = outer[word]
        _compress(state, words)
        for lane in range(lanes):
            for place in range(TOKEN_LENGTH):  # six bits a character, most significant first
                bit = 6 * place
                both = uint64(state[bit >> 5, lane]) << uint64(32) | uint64(state[(bit >> 5) + 1, lane])
                code = (both >> uint64(58 - (bit & 31))) & uint64(63)
                made[(first + lane) * TOKEN_LENGTH + place] = _BASE64URL[code]
