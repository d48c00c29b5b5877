"""What ``simulator run --dry-run`` prints."""

from __future__ import annotations

import json

import typer

from simulator.cli.request import Request, cores_of, plan_of, shard_of
from simulator.running.forecast import duration, forecast


def foretell(request: Request) -> int:
    """Print how much work a study is."""
    plan = plan_of(request)
    cores = cores_of(request)
    seen = forecast(plan, cores, shard_of(request))
    if request.as_json:
        told = {
            "points": seen.points,
            "runs": seen.runs,
            "most_evaluations": seen.most_evaluations,
            "expected_s": round(seen.seconds, 3),
            "cores": cores,
        }
        typer.echo(json.dumps(told, indent=2))
        return 0
    tried, optimizers = seen.tried
    share = f" (share {request.shard})" if request.shard else ""
    typer.echo(f"points       {seen.points:>12,}")
    typer.echo(f"runs         {seen.runs:>12,}{share}")
    typer.echo(f"evaluations  {seen.most_evaluations:>12,}  at most")
    typer.echo(
        f"time         {duration(seen.seconds):>12}  expected with {cores} "
        f"process{'es' if cores > 1 else ''}, from trials of {tried} of {optimizers} optimizers"
    )
    return 0
