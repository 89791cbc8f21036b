import pytest


@pytest.fixture
def stop_at():
    """`stop_at(number)`: what interrupts a call when it reports so many maps as done."""

    def made(number):
        def on_progress(done, _total):
            if done == number:
                raise KeyboardInterrupt

        return on_progress

    return made
