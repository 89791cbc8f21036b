"""A process that works for a Dask scheduler, until its standard input is closed."""

import asyncio
import gc
import json
import logging
import os
import shutil
import sys
from importlib import import_module
from threading import Thread
from typing import Any

from vingui.core.temporary_files import remove_own
from vingui.net.worker_processes import LOCAL, READY


def main(imports: str) -> None:
    """Import a module, and then work as the first line of standard input says."""
    # Collecting garbage takes a fifth of the time of importing.
    gc.disable()
    import dask
    import distributed

    # What goes wrong is said by the process that started this one.
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
    import_module(imports)
    gc.freeze()
    gc.enable()
    line = sys.stdin.buffer.readline()
    if not line:
        return
    settings = json.loads(line)
    folder = settings["config"]["temporary-directory"]
    Thread(target=_end_with_input, args=(folder,), daemon=True).start()
    with dask.config.set(settings["config"]):
        asyncio.run(_work(settings["scheduler"], distributed.Security(**settings["security"])))


async def _work(scheduler: str, security: Any) -> None:
    from distributed import Worker

    # Planning checks what memory is free itself.
    async with Worker(scheduler, security=security, nthreads=1, memory_limit=0, **LOCAL) as worker:
        sys.stderr.buffer.write(READY)
        sys.stderr.flush()
        await worker.finished()


def _end_with_input(folder: str) -> None:
    """End at once, whatever is being computed, also when the process that started this one died."""
    sys.stdin.buffer.read()
    remove_own()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
