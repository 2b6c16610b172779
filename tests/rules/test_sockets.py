"""The guard itself."""

import socket

import pytest
import pytest_socket


def test_sockets_are_refused_here() -> None:
    with pytest.warns(UserWarning, match="socket"), pytest.raises(pytest_socket.SocketBlockedError):
        socket.socket()
