"""The process that trains: handles the requests on its standard input.

Run it as `python -m vingui.net.trainer`.
"""

import os
import sys
import traceback
from contextlib import suppress
from importlib.metadata import version
from queue import SimpleQueue
from threading import Thread
from typing import Final

from vingui.core.errors import VinguiError
from vingui.core.files import gist
from vingui.core.memory import is_short_of_memory
from vingui.core.pipe import Outlet, hand_over, own_output
from vingui.core.training_protocol import (
    LEAVE,
    TrainCommand,
    TrainerCrashed,
    TrainerReady,
    TrainerUnavailable,
    TrainingFailed,
    TrainingReply,
    TrainRequest,
)

_NICENESS: Final = 10
"""So that the window and its planner, which have little to do, come first."""


class Trainer:
    """Trains what is requested, one training after the other."""

    def __init__(self) -> None:
        self._requests: SimpleQueue[TrainRequest] = SimpleQueue()
        self._commands: dict[int, SimpleQueue[str]] = {}

    def put(self, message: TrainRequest | TrainCommand) -> None:
        """Add a message of the window; called in another thread."""
        if isinstance(message, TrainRequest):
            for commands in list(self._commands.values()):
                commands.put(LEAVE)
            self._commands[message.number] = SimpleQueue()
            self._requests.put(message)
        elif message.number in self._commands:
            self._commands[message.number].put(message.command)

    def run_next(self, reply: "_Reply") -> None:
        """Wait for a request, and train."""
        from vingui.net.live_training import LiveTraining
        from vingui.net.train import DivergedError

        request = self._requests.get()
        number = request.number
        try:
            LiveTraining(request, self._commands[number], reply).run()
        except VinguiError as error:
            reply(TrainingFailed(number, str(error), isinstance(error, DivergedError)))
        except Exception as error:
            if is_short_of_memory(error):
                why = "There is too little memory to train this. Close other programs, or choose "
                reply(TrainingFailed(number, why + "smaller maps or batches", diverged=False))
            elif isinstance(error, OSError):
                # Keras writes the checkpoint itself.
                why = f"The files of the training cannot be written: {gist(error)}"
                reply(TrainingFailed(number, why, diverged=False))
            else:
                reply(TrainerCrashed(number, traceback.format_exc()))
        del self._commands[number]


class _Reply:
    """Sends messages to the window, and ends the process when it is gone."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    def __call__(self, message: TrainerReady | TrainerUnavailable | TrainingReply) -> None:
        try:
            self._outlet.send(message)
        except OSError:
            os._exit(0)


def main() -> None:
    """Handle requests until the window closes the pipe."""
    outlet, trainer = Outlet(own_output()), Trainer()
    Thread(target=hand_over, args=(sys.stdin.buffer, outlet, trainer.put), daemon=True).start()
    with suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    reply = _Reply(outlet)
    try:
        import vingui.net.live_training  # noqa: F401 - takes seconds, before the first request
    except Exception as error:
        traceback.print_exc()
        remedy = 'Install it: pip install "tensorflow>=2.20,<3" "keras>=3.12,<4"'
        reply(TrainerUnavailable(f"TensorFlow cannot be imported: {gist(error)}", remedy))
        os._exit(1)
    reply(TrainerReady({name: version(name) for name in ("tensorflow", "keras")}))
    while True:
        trainer.run_next(reply)


if __name__ == "__main__":
    main()
