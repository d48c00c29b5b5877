"""Computes batches, and writes down each before it is begun: who computed what, whatever happens then."""

from __future__ import annotations

import os

from simulator.running.batches import Batch, Done, run_batch


def compute(notes: str, batch: Batch) -> list[Done]:
    """Note a batch's runs as one line of ``notes``, in one write, and compute it."""
    file = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.write(file, (" ".join(batch.keys) + "\n").encode())
    os.close(file)
    return run_batch(batch)
