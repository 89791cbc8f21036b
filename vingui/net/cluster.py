"""One worker that trains, or several that train one network together.

Every worker holds the whole network and takes its share of each batch. What one process sums over
a batch, workers sum over their shares and then, by the all-reduce of TensorFlow's
`MultiWorkerMirroredStrategy`, over all of them: first the terms of the loss, so that each knows the
loss of the whole batch, then the gradients. So the clipping and the optimizer of each worker are
given what those of one process are, and the networks stay the same.

The weights are plain variables and Keras's `fit` trains them, outside of the strategy: inside of
it, `fit` fails with several workers, and optimizers clip gradients before they are summed.
"""

import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any, Final

import numpy as np

from vingui.core.cluster_place import ClusterPlace, WorkerLostError
from vingui.core.errors import VinguiError
from vingui.core.files import gist
from vingui.core.phrases import counted
from vingui.net.backend import tf

_STARTING: Final = 60
"""Seconds within which workers that have met are connected."""

_TIMEOUT: Final = 600.0
"""Seconds that one sum may take, in which the chief may have to save a checkpoint."""


class Cluster:
    """One worker, which is given its own values back.

    Args:
        place: of this worker.
    """

    def __init__(self, place: ClusterPlace) -> None:
        self.place = place

    def share(self, size: int) -> slice:
        """The part of a batch that this worker takes; some have one map more than others.

        Raises:
            VinguiError: there are more workers than maps in a batch.
        """
        count, index = self.place.count, self.place.index
        if size < count:
            raise VinguiError(
                f"A batch of {counted(size, 'map')} is too small for {count} workers: each needs a "
                "map of every batch. Choose larger batches, or fewer workers"
            )
        return slice(size * index // count, size * (index + 1) // count)

    def summed(self, tensors: Sequence[Any]) -> list[Any]:
        """Sum tensors over all workers."""
        return list(tensors)

    def summed_terms(self, terms: dict[str, Any]) -> dict[str, Any]:
        """Sum numbers over all workers; their gradient is that of this worker's own ones."""
        return terms

    def from_chief(self, arrays: Sequence[Any]) -> list[Any]:
        """The arrays that the chief has, in place of one's own."""
        return list(arrays)

    def leave(self) -> None:
        """Wait until no worker needs this one any more."""

    @contextmanager
    def reporting_loss(self, checkpoint: Path) -> Iterator[None]:
        """Raise `WorkerLostError` if another worker is lost.

        Args:
            checkpoint: the chief's folder for the state of training.
        """
        yield


ALONE: Final = Cluster(ClusterPlace.of(None, None))
"""The cluster of a process that trains alone."""


class SeveralWorkers(Cluster):
    """Several workers, each with one device.

    It must be made before TensorFlow computes anything, and once in a process.

    Args:
        place: of this worker.

    Raises:
        VinguiError: TensorFlow has been used before, or cannot start.
    """

    def __init__(self, place: ClusterPlace) -> None:
        super().__init__(place)
        # TensorFlow replaces the handler, and the process would not end any more.
        handler = signal.getsignal(signal.SIGTERM)
        try:
            self._strategy = _strategy(place)
        except tf.errors.DeadlineExceededError as error:
            raise VinguiError(
                f"TensorFlow did not reach all workers within {_STARTING} seconds. Start all of "
                "them again"
            ) from error
        except (RuntimeError, tf.errors.OpError) as error:
            raise VinguiError(
                "TensorFlow cannot start to train with other workers: "
                f"{gist(error)}. It must be the first thing that a process does with TensorFlow"
            ) from error
        if handler is not None and current_thread() is main_thread():
            signal.signal(signal.SIGTERM, handler)

    def _all_reduce(self, tensor: Any) -> Any:
        def add(own: Any) -> Any:
            # Without a copy, the result of what computed it is replaced.
            return tf.distribute.get_replica_context().all_reduce("SUM", tf.identity(own))

        return self._strategy.run(add, args=(tensor,))

    def _gathered(self, slices: Any) -> Any:
        def gather(own: Any) -> Any:
            return tf.distribute.get_replica_context().all_gather(tf.identity(own), axis=0)

        values, indices = (
            self._strategy.run(gather, args=(own,)) for own in (slices.values, slices.indices)
        )
        return tf.IndexedSlices(values, indices, slices.dense_shape)

    def summed(self, tensors: Sequence[Any]) -> list[Any]:
        """Sum tensors over all workers, as one flat tensor.

        Of a gradient of rows of a table, all rows are put together: Keras's optimizers clip and
        square them one by one, so that their sums would be another gradient to it.
        """
        dense = [one for one in tensors if not isinstance(one, tf.IndexedSlices)]
        parts = iter(self._summed_flat(dense) if dense else ())
        return [
            self._gathered(one) if isinstance(one, tf.IndexedSlices) else next(parts)
            for one in tensors
        ]

    def _summed_flat(self, tensors: Sequence[Any]) -> list[Any]:
        flat = self._all_reduce(tf.concat([tf.reshape(one, [-1]) for one in tensors], axis=0))
        parts = tf.split(flat, [tf.size(one) for one in tensors], num=len(tensors))
        return [tf.reshape(part, tf.shape(one)) for part, one in zip(parts, tensors, strict=True)]

    def summed_terms(self, terms: dict[str, Any]) -> dict[str, Any]:
        """Sum numbers over all workers; their gradient is that of this worker's own ones."""

        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def total(own: Any) -> Any:
            return self._all_reduce(own), lambda gradient: gradient

        values = tf.unstack(total(tf.stack([tf.cast(one, "float32") for one in terms.values()])))
        return dict(zip(terms, values, strict=True))

    def from_chief(self, arrays: Sequence[Any]) -> list[Any]:
        """The arrays that the chief has, in place of one's own."""
        own = [np.asarray(one) for one in arrays]
        share = 1 if self.place.is_chief else 0
        found = self.summed([tf.constant(share * one, "float64") for one in own])
        return [new.numpy().astype(one.dtype) for new, one in zip(found, own, strict=True)]

    def leave(self) -> None:
        """Wait until no worker needs this one any more."""
        # The last sum but one is complete everywhere once this one is; others may end in this one.
        try:
            self.summed([tf.zeros(1)])
        except tf.errors.OpError:
            return

    @contextmanager
    def reporting_loss(self, checkpoint: Path) -> Iterator[None]:
        """Raise `WorkerLostError` if another worker is lost.

        One that was killed is noticed within ten seconds, the heartbeat of TensorFlow, and one that
        hangs within the time that a sum may take.
        """
        try:
            yield
        except tf.errors.OpError as error:
            if "ollective" not in str(error):
                raise
            found = {int(one) for one in re.findall(r"/replica:0/task:(\d+)", str(error))}
            lost = sorted(found - {self.place.index})
            who = self.place.named(lost[0]) if lost else "another worker"
            kept = f"in {checkpoint}" if self.place.is_chief else f"by {self.place.named(0)}"
            raise WorkerLostError(
                f"Training ended because {who} was lost. Its state after the last whole epoch is "
                f"kept {kept}. To go on from there, start every worker again as before"
            ) from error


def cluster_of(place: ClusterPlace) -> Cluster:
    """The cluster of a worker, connected."""
    return SeveralWorkers(place) if place.count > 1 else ALONE


def check_devices() -> None:
    """Check that the device of a worker is certain.

    Raises:
        VinguiError: there are several GPUs.
    """
    if len(tf.config.list_physical_devices("GPU")) > 1:
        raise VinguiError(
            "This machine has several GPUs, and a worker trains on one. Start a worker for each, "
            "with a CUDA_VISIBLE_DEVICES of its own"
        )


def _strategy(place: ClusterPlace) -> Any:
    from tensorflow.compiler.xla.tsl.protobuf.coordination_config_pb2 import CoordinatedJob
    from tensorflow.python.eager.context import context

    # As TensorFlow does itself, except that it would wait without end for a worker that is lost
    # after all have met.
    context().configure_coordination_service(
        service_type="standalone",
        service_leader="/job:worker/replica:0/task:0",
        cluster_register_timeout_in_ms=1000 * _STARTING,
        coordinated_jobs=[CoordinatedJob(name="worker", num_tasks=place.count)],
    )
    context().coordination_service.cluster_register_with_barrier = True
    workers = tf.train.ClusterSpec({"worker": list(place.addresses)})
    return tf.distribute.MultiWorkerMirroredStrategy(
        cluster_resolver=tf.distribute.cluster_resolver.SimpleClusterResolver(
            workers, task_type="worker", task_id=place.index, rpc_layer="grpc"
        ),
        communication_options=tf.distribute.experimental.CommunicationOptions(
            timeout_seconds=_TIMEOUT
        ),
    )
