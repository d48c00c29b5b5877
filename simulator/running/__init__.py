"""Getting a study's runs done: on one core, on all cores, on a cluster, or in shares that are merged.

The walk through the modules, in order:

- ``plan``: the distinct runs of a study, in units that share a program;
- ``sizing``: how long runs take, and so how many make a batch;
- ``batches``: what a worker does: a batch of runs in, packed rows out;
- ``workers``, ``dask_workers``: where batches are computed, behind one small protocol;
- ``pool``: processes of this machine, each with a pipe of its own;
- ``dispatch``: claims runs, sends batches, stores what comes back, isolates what kills its worker;
- ``interrupts``: Ctrl-C once drains, twice stops;
- ``shards``, ``merging``: a study in shares without any engine, and the shares put together;
- ``forecast``: what a study will cost, without running it;
- ``listing``, ``exporting``: what results folders hold, as a table or as data.
"""
