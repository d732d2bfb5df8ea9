"""From the bytes of a template file to its plan, and from the plan to blocks.

`wire` walks protobuf; `layout` says where OTLP keeps what; `walk`, with `containers`, `slots`,
`temporality` and `profiles`, finds it in a file; `identities` and `resolve` tie it together into a
`plan`, which `planner` makes and `plan_cache` keeps; `cut` makes blocks of it.
"""
