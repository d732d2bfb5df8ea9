"""Turns templates of other tools into templates of ours, before they are planned.

Other tools may write a span's timing as attributes, `_template.start_offset_nanos` and
`_template.duration_nanos`, instead of as times. `chunks` walks such a file, `attributes` finds what
they say, `epochs` from when the offsets count, `edits` changes bytes, and `timing` does it all.
"""
