"""A planner process of the figure process, for plans that the window does not have."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, cast

from vingui.core.errors import VinguiError
from vingui.core.pipe import receive, send
from vingui.core.planner_protocol import (
    ChangedValues,
    DataReply,
    DataRequest,
    PlanCrashed,
    PlannerReady,
    PlannerUnavailable,
    PlanRefused,
    PlanRequest,
    Pong,
    Values,
)
from vingui.core.recipe import Recipe
from vingui.core.run import MOST_TRAJECTORY_CELLS, Run

COMMAND: Final = (sys.executable, "-P", "-m", "vingui.net.worker")


class OwnPlanner:
    """Plans as a recipe says, in a process that is ended on leaving the `with` block.

    Args:
        command: the command line of the process.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._number = 0

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(  # noqa: S603 - the command is our own
            self._command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        self._to = cast(BinaryIO, self._process.stdin)
        self._from = cast(BinaryIO, self._process.stdout)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def plan(self, model: Path, recipe: Recipe) -> Run:
        """Plan with the network in a file. The run is read out until the next plan.

        Raises:
            VinguiError: the network cannot be loaded or plan, or the process has ended.
        """
        self._number += 1
        self._send(
            PlanRequest(
                self._number,
                recipe.grid,
                str(model),
                recipe.iterations,
                recipe.memory,
                recipe.engine,
            )
        )
        run: Run | None = None
        while run is None or not run.settled:
            reply = self._receive()
            if reply.number != self._number:
                continue
            if run is not None:
                run.take(reply)
            elif isinstance(reply, Values | ChangedValues):
                run = Run(recipe.grid, reply, memory=recipe.memory)
        run.most_trajectory_cells = MOST_TRAJECTORY_CELLS
        run.readouts.reader = self._read
        return run

    def _read(self, request: DataRequest) -> DataReply:
        self._send(request)
        while True:
            reply = self._receive()
            if isinstance(reply, DataReply) and reply.request == request:
                return reply

    def _send(self, request: PlanRequest | DataRequest) -> None:
        try:
            send(self._to, request)
        except OSError as error:
            raise self._ended() from error

    def _receive(self) -> Any:
        """The next reply about a plan."""
        try:
            while isinstance(reply := receive(self._from), PlannerReady | Pong):
                pass
        except EOFError as error:
            raise self._ended() from error
        match reply:
            case PlannerUnavailable():
                raise VinguiError(f"There can be no plan: {reply.reason}. {reply.remedy}")
            case PlanRefused():
                raise VinguiError(reply.reason)
            case PlanCrashed():
                raise RuntimeError(reply.traceback)
        return reply

    def _ended(self) -> VinguiError:
        return VinguiError(
            f"The process that plans for the film has ended (exit code {self._process.wait()}). "
            "Export the film again"
        )
