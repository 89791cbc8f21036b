"""A process that trains nothing, but reports and obeys as `vingui.net.trainer` does."""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import numpy as np

from vingui.core.cards import ModelCard
from vingui.core.pipe import receive, send
from vingui.core.train_settings import TrainSettings
from vingui.core.training_folder import TrainingFolder, TrainingHistory
from vingui.core.training_protocol import (
    LEAVE,
    BatchesTrained,
    HeldOutResult,
    SnapshotKept,
    TrainCommand,
    TrainerCrashed,
    TrainerReady,
    TrainingBegun,
    TrainingFailed,
    TrainingFinished,
    TrainingPaused,
    TrainRequest,
)

DIVERGES, CRASHES, DIES = 11, 12, 13
"""Seeds with which something goes wrong in the second epoch."""

_BATCH = 0.003
replies = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
requests: SimpleQueue = SimpleQueue()
commands: dict[int, SimpleQueue] = {}


def reply(message):
    send(replies, message)


def listen():
    try:
        while True:
            message = receive(sys.stdin.buffer)
            if isinstance(message, TrainRequest):
                for queue in list(commands.values()):
                    queue.put(LEAVE)
                commands[message.number] = SimpleQueue()
                requests.put(message)
            elif isinstance(message, TrainCommand):
                commands[message.number].put(message.command)
    except EOFError:
        os._exit(0)


class Training:
    def __init__(self, request):
        self.number = request.number
        self.command = request.command
        self.settings = TrainSettings.of_record(json.loads(request.settings))
        self.folder = TrainingFolder(Path(request.folder))
        self.history = TrainingHistory(self.settings)

    def run(self):
        folder = self.folder
        folder.snapshots.folder.mkdir(exist_ok=True)
        if folder.checkpoint.exists():
            self.history = folder.read_history()
        else:
            self.keep(0)
        folder.model.write_text("weights")
        reply(TrainingBegun(self.number, self.history.batch))
        for epoch in range(self.history.epoch, self.settings.last_epoch):
            if not self.train(epoch):
                return
            if self.command == "stop":
                break
        self.finish()

    def train(self, epoch):
        """Whether an epoch was trained, and not left."""
        history = self.history
        for _ in range(self.settings.batches):
            if not self.obey():
                return False
            time.sleep(_BATCH)
            history.add_losses(history.batch + 1, [2 / (history.batch + 1)])
            history.seconds += _BATCH
            losses = np.array([history.losses[-1][1]])
            batch = history.batch
            reply(BatchesTrained(self.number, batch, losses, history.seconds, batch))
            self.command = "pause" if self.command == "batch" else self.command
            if epoch == 1 and self.goes_wrong():
                return False
        share = 1 - 1 / (epoch + 2)
        history.results.append((history.batch, share, share / 2))
        history.best = epoch + 1
        reply(HeldOutResult(self.number, history.batch, share, share / 2, best=True))
        self.keep(epoch + 1)
        self.folder.checkpoint.mkdir(exist_ok=True)
        self.folder.write_history(history)
        self.command = "pause" if self.command == "epoch" else self.command
        return True

    def goes_wrong(self):
        if self.settings.seed == DIVERGES:
            reason = "The steps are too large: try a smaller learning rate"
            reply(TrainingFailed(self.number, reason, diverged=True))
        elif self.settings.seed == CRASHES:
            reply(TrainerCrashed(self.number, "Traceback\n  somewhere\nValueError: no"))
        elif self.settings.seed == DIES:
            print("out of luck", flush=True)
            os._exit(3)
        return self.settings.seed in (DIVERGES, CRASHES)

    def keep(self, epoch):
        self.folder.snapshots.file(epoch).write_text("weights")
        reply(SnapshotKept(self.number, epoch))

    def obey(self):
        """Whether to go on, after the window's commands."""
        queue = commands[self.number]
        try:
            while True:
                self.command = queue.get_nowait()
        except Empty:
            pass
        if self.command == "pause":
            reply(TrainingPaused(self.number))
            while self.command == "pause":
                self.command = queue.get()
        return self.command != LEAVE

    def finish(self):
        folder, history = self.folder, self.history
        history.finished = True
        folder.write_history(history)
        card = ModelCard(
            name=folder.model.stem,
            title="A network",
            architecture=self.settings.architecture,
            moves=self.settings.moves,
            settings=dict(vars(self.settings)),
            command=self.settings.command(folder.model),
            minutes=history.seconds / 60,
            machine="none",
            weights=7,
            sha256="0" * 64,
        )
        folder.model.with_suffix(".json").write_text(card.encoded())
        shutil.rmtree(folder.checkpoint)
        reply(TrainingFinished(self.number, history.best, history.seconds / 60))


def main():
    Thread(target=listen, daemon=True).start()
    reply(TrainerReady({"fake": "1"}))
    while True:
        Training(requests.get()).run()


if __name__ == "__main__":
    main()
