import pytest
from distributed import LocalCluster


@pytest.fixture(scope="package")
def scheduler():
    """The address of a cluster whose workers are threads of this process."""
    with LocalCluster(processes=False, n_workers=2, dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def stop_at():
    """`stop_at(number)`: what interrupts a call when it reports so many maps as done."""

    def made(number):
        def on_progress(done, _total):
            if done == number:
                raise KeyboardInterrupt

        return on_progress

    return made
