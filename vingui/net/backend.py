"""Keras and TensorFlow, set up as the networks need them. Nothing else in vingui imports them.

Keras reads its settings when it is imported, once for a whole process: from the environment and
from `~/.keras/keras.json`. A research machine often has some there that these networks do not
work with, or that change their numbers: another backend, channels first, half precision. So Keras
is imported here without either, and that file is neither read, made nor changed. TensorFlow and
XLA read the environment whenever they first need a setting, so what changes results is removed
from this process's environment for good.

What a user decides about the machine stays: `CUDA_VISIBLE_DEVICES`, the number of threads, how
memory of a GPU is taken, what is logged.

Raises:
    ImportError: the program has imported Keras before, with settings that vingui cannot use.
"""

import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

__all__ = ["conflict", "keras", "ops", "tf"]

_CHANGES_RESULTS: Final = ("TF_", "XLA_", "ONEDNN_", "DNNL_", "NVIDIA_TF32_OVERRIDE")
"""How the names of variables begin that change what TensorFlow computes."""

_ABOUT_THE_MACHINE: Final = (
    *("TF_CPP_", "TF_NUM_", "TF_GPU_", "TF_FORCE_GPU_", "TF_CUDA_PATHS"),
    "TF_CONFIG",
)
"""Those among them that the user decides."""


def remove_numeric_settings(environment: MutableMapping[str, str]) -> None:
    """Remove what would change the numbers that TensorFlow computes."""
    for name in list(environment):
        if name.startswith(_CHANGES_RESULTS) and not name.startswith(_ABOUT_THE_MACHINE):
            del environment[name]


@contextmanager
def keras_defaults(environment: MutableMapping[str, str]) -> Iterator[None]:
    """While Keras is imported: an environment in which it finds no settings but ours."""
    kept = {name: value for name, value in environment.items() if name.startswith("KERAS_")}
    for name in kept:
        del environment[name]
    # No folder, so that there is no keras.json in it and none can be written.
    environment["KERAS_HOME"] = __file__
    environment["KERAS_BACKEND"] = "tensorflow"
    try:
        yield
    finally:
        del environment["KERAS_HOME"], environment["KERAS_BACKEND"]
        environment.update(kept)


@contextmanager
def without(package: str) -> Iterator[None]:
    """While Keras is imported: a package cannot be, unless it was before."""
    modules: dict[str, Any] = sys.modules
    missing = package not in modules
    if missing:
        modules[package] = None
    try:
        yield
    finally:
        if missing:
            del modules[package]


remove_numeric_settings(os.environ)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Keras imports Matplotlib for galleries of pictures, in a tenth of a second or more, and does
# without where there is none.
with keras_defaults(os.environ), without("matplotlib"):
    import keras
    from keras import ops


def conflict() -> str | None:
    """Why these networks cannot be used with Keras as it is set up, in one sentence.

    Returns:
        `None` if they can. They can, unless the program has set Keras up itself.
    """
    expected = {
        "backend": (keras.config.backend(), "tensorflow"),
        "image data format": (keras.config.image_data_format(), "channels_last"),
        "float type": (keras.config.floatx(), "float32"),
        "dtype policy": (keras.config.dtype_policy().name, "float32"),
    }
    differing = [
        f"the {what} {found!r} instead of {wanted!r}"
        for what, (found, wanted) in expected.items()
        if found != wanted
    ]
    if not differing:
        return None
    return (
        f"vingui's networks need Keras with its default settings, but this program uses it with "
        f"{' and '.join(differing)}. Import vingui.net.backend before Keras, "
        "or use vingui in a process of its own."
    )


if reason := conflict():
    raise ImportError(reason)

import tensorflow as tf  # noqa: E402 - another backend of Keras may do without it
