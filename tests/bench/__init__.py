"""Measures generated libraries against the bars of the design, side by side with stock; see `python -m tests.bench -h`.

`__main__` starts one process for each library and prints the table, `one` is what such a process does. What is measured
stands in `quality`, `speed` and `building`; `stock` is what we are compared with.
"""
