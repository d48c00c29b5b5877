"""From a YAML file to a verdict: config → problem → runs → results folder → the check against scipy.

The walk through the modules, in order:

- ``config``: reads and checks a file (``yaml_source`` reads, ``faults`` and ``complaints`` speak);
- ``study``: one experiment or a grid of them: ``extends``, ``overrides``, ``sweep``, ``origins``;
- ``problem``: the experiment's loss over the unit box, compiled by the engine;
- ``starting_points``, ``objectives``: where optimizers start and what they are given;
- ``runs``: every optimizer from every start;
- ``store``, ``results``: the folder on disk, written and read;
- ``verdict``, ``near_optimal``: what was found, held against scipy.
"""
