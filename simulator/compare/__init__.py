"""The fair comparison of optimizers: fixed targets, every call counted, every figure with its n.

The walk through the modules, in order:

- ``classical``, ``classical_boxes``: twenty test functions from the literature;
- ``drawing_instances``, ``references``, ``suite_file``: how the suite was drawn, solved and written;
- ``suite``: the frozen problems with their reference optima, known by their hashes;
- ``stages``, ``race``: who runs on what, stored and resumed like any experiment;
- ``hits``: what each run had spent when it first came within each target;
- ``costs``, ``running_time``, ``proportions``, ``profiles``, ``ranks``, ``paired``: the statistics;
- ``tuning``, ``sensitivity``, ``noisy``, ``timing``: the other questions;
- ``report``, ``tables``, ``export``, ``pictures``, ``page``: the answers.
"""
