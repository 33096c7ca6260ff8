"""Few system calls, the same bytes."""

import socket
import threading
from collections.abc import Iterator

import pytest

from ingest.client.wire import Wire
from street import clock


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    """Return a wire and the socket at its other end."""
    here, there = socket.socketpair()
    here.setblocking(False)
    yield Wire(here), there
    here.close()
    there.close()


def test_one_receive_serves_many_small_reads(ends: tuple[Wire, socket.socket]) -> None:
    """paho asks for one byte, one byte, the rest."""
    wire, there = ends
    there.sendall(b"abcdef")

    got = [wire.recv(1), wire.recv(1), wire.recv(3)]

    assert got == [b"a", b"b", b"cde"]
    assert wire.pending() == 1


def test_a_read_never_waits(ends: tuple[Wire, socket.socket]) -> None:
    """And says afterwards that nothing is left."""
    wire, there = ends
    there.sendall(b"ab")
    wire.recv(2)

    with pytest.raises(BlockingIOError):
        wire.recv(1)

    assert wire.is_drained


def test_a_short_piece_is_followed_by_the_next(ends: tuple[Wire, socket.socket]) -> None:
    """A packet may come in two."""
    wire, there = ends
    there.sendall(b"ab")
    first = wire.recv(5)
    there.sendall(b"cde")

    assert (first, wire.recv(3)) == (b"ab", b"cde")


def test_the_end_of_the_line_is_empty_bytes(ends: tuple[Wire, socket.socket]) -> None:
    """As of any socket: paho takes it for a lost connection."""
    wire, there = ends
    there.close()

    assert wire.recv(1) == b""


def test_what_is_sent_goes_out_together(ends: tuple[Wire, socket.socket]) -> None:
    """A thousand acknowledgements are one packet on the wire."""
    wire, there = ends
    for _ in range(1000):
        wire.send(b"\x40\x02\x00\x01")

    assert wire.flush()
    assert there.recv(8192) == b"\x40\x02\x00\x01" * 1000


def test_what_does_not_fit_waits(ends: tuple[Wire, socket.socket]) -> None:
    """The other side reads slowly: nothing is lost, nothing blocks."""
    wire, there = ends
    octets = bytes(range(256)) * 16_384
    wire.send(octets)

    assert not wire.flush()
    got = bytearray()
    while len(got) < len(octets):
        got += there.recv(1 << 20)
        wire.flush()
    assert got == octets


def test_a_broken_line_is_told_by_the_next_read(ends: tuple[Wire, socket.socket]) -> None:
    """A failed send raises nothing: whoever reads learns it, in one place."""
    wire, there = ends
    there.close()
    wire.send(b"x")

    assert wire.flush()
    assert wire.flush()
    assert wire.recv(1) == b""


def test_closing_sends_what_is_left(ends: tuple[Wire, socket.socket]) -> None:
    """The goodbye packet of a client is followed by its close."""
    wire, there = ends
    wire.send(b"\xe0\x00")

    wire.close()

    assert there.recv(10) == b"\xe0\x00"


def test_a_goodbye_waits_until_it_was_read(ends: tuple[Wire, socket.socket]) -> None:
    """The other side closes when it has read everything; only then may we come back."""
    wire, there = ends
    wire.linger_s = 5.0
    wire.send(b"\x40\x02\x00\x01\xe0\x00")
    got: list[bytes] = []

    def read_all_and_close() -> None:
        while piece := there.recv(3):
            got.append(piece)
        got.append(b"end")
        there.close()

    reader = threading.Thread(target=read_all_and_close)
    reader.start()
    wire.close()
    read_before = got[-1]
    reader.join()

    assert read_before == b"end"


def test_a_goodbye_does_not_wait_for_ever(ends: tuple[Wire, socket.socket]) -> None:
    """The other side hangs."""
    wire, _there = ends
    wire.linger_s = 0.05
    began_s = clock.monotonic_s()

    wire.close()

    assert clock.monotonic_s() - began_s < 2
