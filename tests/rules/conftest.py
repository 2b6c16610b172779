"""Rules need neither database nor network: every socket is refused."""

from collections.abc import Iterator

import pytest
import pytest_socket


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """A hook and not a fixture: hypothesis calls a test many times within one."""
    pytest_socket.disable_socket()
    try:
        return (yield)
    finally:
        pytest_socket.enable_socket()
