"""In place of `vingui.api.training_process`: the loss of a network is its seed.

That of seed 2 comes with a note. Those of seeds from 90 on fail; the process of seed 98 ends with
an error, and that of seed 99 is killed.
"""

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

from vingui.core.cards import ModelCard

content = json.loads(sys.stdin.readline())
settings, out = content["settings"], Path(content["out"])
seed = settings["seed"]
with Path(out.parent, "begun").open("a") as log:
    log.write(f"{seed}\n")
if seed == 98:
    sys.exit("There is no TensorFlow")
if seed == 99:
    os.kill(os.getpid(), signal.SIGKILL)
if seed < 90:
    out.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    card = ModelCard(out.stem, "", "vin", "8", settings, "", 1.0, "", 7, digest, loss=float(seed))
    out.with_suffix(".json").write_text(card.encoded())
error = None if seed < 90 else "The loss became nan"
notes = ["An empty map is left out"] if seed == 2 else []
print(json.dumps({"error": error, "notes": notes}))
