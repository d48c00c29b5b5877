"""The command line's frame: its verbs, and how errors leave it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import typer

import simulator
from simulator.cli import (
    certify,
    compare,
    dial,
    dial_chart,
    explain,
    export,
    facts,
    ls,
    menu,
    merge,
    optimizers,
    page,
    parameters,
    play,
    plot,
    report,
    run,
    schema,
    show,
    taste,
    validate,
)
from simulator.cli.one_verb import Verb
from simulator.errors import SimulatorError

#: What a shell reports after Ctrl-C.
INTERRUPTED = 130

#: Environment variable for those who mend the program.
TRACEBACK_WANTED = "SIMULATOR_TRACEBACK"

app = typer.Typer(
    name="simulator",
    help="Tune a coffee recipe by gradient descent through a hand-written backprop engine, "
    "and check it against scipy's optimizers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Without colours the help is plain, too.
    rich_markup_mode=None if os.environ.get("NO_COLOR") else "rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (
    run,
    show,
    ls,
    merge,
    export,
    certify,
    compare,
    plot,
    report,
    taste,
    explain,
    dial_chart,
    menu,
    page,
    play,
    facts,
    parameters,
    optimizers,
    validate,
    schema,
):
    name = verb.__name__.rpartition(".")[2].replace("_", "-")
    app.command(name=name, cls=Verb)(verb.command)
app.add_typer(dial.app, name="dial")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"simulator {simulator.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Options before the verb."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 good, 1 disagreement or failure, 2 bad input,
    130 Ctrl-C, 143 SIGTERM.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no µ gets a question mark rather than an error.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(run_command(arguments))


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; messages for people go to standard error."""
    try:
        result = app(args=arguments, standalone_mode=False)
    except SimulatorError as error:
        print(f"{error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"the system refused: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        if hasattr(error, "show"):
            error.show()
            return int(getattr(error, "exit_code", 2))
        if os.environ.get(TRACEBACK_WANTED):
            raise
        print(
            f"this is a fault of the program, not yours: {type(error).__name__}: {error}\n"
            f"to see where, run it again with {TRACEBACK_WANTED}=1 set, and please report it",
            file=sys.stderr,
        )
        return 1
    return result if isinstance(result, int) else 0
