"""Sizes of bodies: texts are cut or continued to exactly the size drawn for them."""

from functools import cache

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.config.log_content import BodySizeConfig
from telemetry_generator.draws import (
    I64,
    below,
    below_wide,
    draw,
    entity_keys,
    lognormal_millionths,
)
from telemetry_generator.encode.cells import Objects
from telemetry_generator.logs.purposes import Purpose

_MILLION = 1_000_000
_SIGMA_MILLIS = 900
_MEDIAN_SHARE = 8

_WORDS = (
    "retry request handler pool timeout upstream header payload cache shard worker queue lease "
    "token batch commit offset index cursor stream buffer socket thread latency budget quota "
    "region replica leader follower snapshot segment window bucket counter digest schema field "
    "status=ok status=error attempt=1 attempt=2 cached=true cached=false level=5 code=17"
)
_FILLER_WORDS = 8_192


def drawn_sizes(sizes: BodySizeConfig, keys: U64) -> I64:
    """Return the size in bytes of each record's text, within the bounds of the configuration."""
    draws, spread = draw(keys, Purpose.SIZE), sizes.max - sizes.min
    if sizes.distribution == "uniform":
        return sizes.min + below_wide(draws, np.full(len(keys), spread + 1))
    # Log-normal, its median an eighth of the way from the least size to the largest.
    above = lognormal_millionths(draws, _SIGMA_MILLIS) * (spread // _MEDIAN_SHARE) // _MILLION
    return sizes.min + np.minimum(above, spread)


def resized(texts: Objects, sizes: I64, keys: U64) -> Objects:
    """Return texts of exactly these sizes in bytes: cut, or continued with words."""
    filler = _filler()
    starts = below(draw(keys, Purpose.PADDING), len(filler) // 2)
    rows = zip(texts.tolist(), sizes.tolist(), starts.tolist(), strict=True)
    fitted = np.empty(len(texts), object)
    fitted[:] = [_fit(text, size, filler, start) for text, size, start in rows]
    return fitted


def _fit(text: bytes, size: int, filler: bytes, start: int) -> bytes:
    if len(text) < size:
        times = 2 + (size - len(text)) // len(filler)
        text += b" " + (filler * times)[start : start + size]
    if text.isascii():
        return text[:size]
    # A character of several bytes is not cut apart.
    return text[:size].decode(errors="ignore").encode().ljust(size)


@cache
def _filler() -> bytes:
    """Return words without end, as far as 64 KiB go, the same on every machine."""
    keys = entity_keys(0, "log-filler", np.arange(_FILLER_WORDS))
    words = _WORDS.split()
    chosen = below(draw(keys, 0), len(words)).tolist()
    return " ".join(words[at] for at in chosen).encode() + b" "
