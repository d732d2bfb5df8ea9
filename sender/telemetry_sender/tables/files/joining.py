"""Puts the rows of many blocks together, and leaves out the texts that none of them has."""

from collections.abc import Sequence

import numpy as np

from telemetry_sender.tables.arrow import pa


def joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Return the rows of batches of one schema, at least one, behind one another."""
    schema = batches[0].schema
    columns = zip(*(batch.columns for batch in batches), strict=True)
    return pa.RecordBatch.from_arrays([_joined(column) for column in columns], schema=schema)


def compacted(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the same rows, whose columns of text hold no other texts than these rows have."""
    columns = [_compacted(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def text_bytes(batch: pa.RecordBatch) -> int:
    """Return the size of all texts that columns refer to, whether or not rows have them."""
    return sum(map(_text_bytes, batch.columns))


def _joined(arrays: Sequence[pa.Array]) -> pa.Array:
    kind = arrays[0].type
    if len(arrays) == 1:
        return arrays[0]
    if pa.types.is_dictionary(kind) and _share_texts(arrays):
        codes = pa.concat_arrays([array.indices for array in arrays])
        return pa.DictionaryArray.from_arrays(codes, arrays[0].dictionary)
    if pa.types.is_list(kind) and _has_texts(kind):
        values = [array.flatten() for array in arrays]
        return _lists(arrays, _joined([each for each in values if len(each)] or values[:1]))
    if pa.types.is_struct(kind):
        fields = range(kind.num_fields)
        joined_fields = [_joined([array.field(at) for array in arrays]) for at in fields]
        return pa.StructArray.from_arrays(joined_fields, fields=list(kind))
    return pa.concat_arrays(arrays)


def _compacted(array: pa.Array) -> pa.Array:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _of_used(array)
    if pa.types.is_list(kind) and _has_texts(kind):
        return _lists([array], _compacted(array.flatten()))
    if pa.types.is_struct(kind):
        fields = [_compacted(array.field(at)) for at in range(kind.num_fields)]
        return pa.StructArray.from_arrays(fields, fields=list(kind))
    return array


def _of_used(array: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the array with the texts that it uses, in the same order."""
    texts, indices = array.dictionary, array.indices
    codes = indices.fill_null(-1).to_numpy()
    # One more, for those that have none: a code of -1 is the last.
    is_used = np.zeros(len(texts) + 1, bool)
    is_used[codes] = True
    is_used[-1] = False
    used = np.flatnonzero(is_used)
    if len(used) == len(texts):
        return array
    new_codes = np.cumsum(is_used, dtype=np.int32) - 1
    mask = (codes < 0) if indices.null_count else None
    renumbered = pa.array(np.maximum(new_codes[codes], 0), pa.int32(), mask=mask)
    return pa.DictionaryArray.from_arrays(renumbered, texts.take(pa.array(used)))


def _lists(arrays: Sequence[pa.Array], values: pa.Array) -> pa.Array:
    """Return lists as long as those of the arrays, of which none is null, with these values."""
    ends = np.zeros(sum(map(len, arrays)) + 1, np.int32)
    # Most events have nothing in any list.
    if len(values):
        lengths = [array.value_lengths().to_numpy() for array in arrays]
        np.cumsum(np.concatenate(lengths), out=ends[1:])
    return pa.ListArray.from_arrays(pa.array(ends), values, type=arrays[0].type)


def _has_texts(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind):
        return _has_texts(kind.value_type)
    if pa.types.is_struct(kind):
        return any(_has_texts(field.type) for field in kind)
    return bool(pa.types.is_dictionary(kind))


def _share_texts(arrays: Sequence[pa.DictionaryArray]) -> bool:
    """Tell whether arrays have their texts in common, as those of one encoder do."""
    return len({_place(array.dictionary) for array in arrays}) == 1


def _place(texts: pa.Array) -> tuple[int, ...]:
    """Return where texts are in memory."""
    buffers = [0 if each is None else each.address for each in texts.buffers()]
    return len(texts), texts.offset, *buffers


def _text_bytes(array: pa.Array) -> int:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return int(array.dictionary.nbytes)
    if pa.types.is_list(kind):
        return _text_bytes(array.values)
    if pa.types.is_struct(kind):
        return sum(_text_bytes(array.field(at)) for at in range(kind.num_fields))
    return 0
