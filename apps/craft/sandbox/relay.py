"""The one door of the box: a Unix socket of ours that passes every byte on to the simulated model's.

The model's own socket lies in a folder the box's user cannot enter, and stays there with the rights it has. The relay
runs in the loop of the room, has no thread, and ends with the run.
"""

import os
import selectors
import socket
import struct
from collections.abc import Callable
from pathlib import Path

CHUNK = 64 << 10
MOST_AT_ONCE = 64

Handler = Callable[[int], None]


class _End:
    """One end of a connection: what still has to be written to it, and whether it has said all it had to say."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.waiting = b""
        self.finished = False
        self.other = self


class Relay:
    """Listens at `inner` for the box, connects to `outer` for each caller. `group` may enter where it is not ours."""

    def __init__(self, selector: selectors.BaseSelector, *, inner: Path, outer: Path, group: int | None) -> None:
        self._selector, self._outer = selector, outer
        self._ends: set[_End] = set()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(inner))
        if group is not None:
            os.chown(inner, -1, group)
        inner.chmod(0o660)
        self._listener.listen(MOST_AT_ONCE)
        self._listener.setblocking(False)
        selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def close(self) -> None:
        while self._ends:
            self._drop(next(iter(self._ends)))
        self._selector.unregister(self._listener)
        self._listener.close()

    def _accept(self, _events: int) -> None:
        try:
            caller = self._listener.accept()[0]
        except OSError:
            return  # the caller has gone already
        model = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            if len(self._ends) >= 2 * MOST_AT_ONCE:
                raise ConnectionRefusedError
            # A full queue at the model is waited for, a second at most; Python's own time-outs would not wait at all.
            model.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", 1, 0))
            model.connect(str(self._outer))
        except OSError:
            # The box sees a connection that closes at once, as from a model that is down.
            caller.close()
            model.close()
            return
        one, two = _End(caller), _End(model)
        one.other, two.other = two, one
        for end in (one, two):
            self._ends.add(end)
            self._selector.register(end.connection, selectors.EVENT_READ, self._handler(end))

    def _handler(self, end: _End) -> Handler:
        return lambda events: self._move(end, events)

    def _move(self, end: _End, events: int) -> None:
        if end not in self._ends:
            return  # its other end was dropped in the same round
        try:
            if events & selectors.EVENT_WRITE:
                end.waiting = end.waiting[end.connection.send(end.waiting) :]
            if events & selectors.EVENT_READ and not end.other.waiting:
                end.other.waiting = end.connection.recv(CHUNK)
                end.finished = not end.other.waiting
            for one in (end, end.other):
                if one.finished and not one.other.waiting:
                    one.other.connection.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            return
        except OSError:
            self._drop(end)
            return
        if end.finished and end.other.finished and not end.waiting and not end.other.waiting:
            self._drop(end)
            return
        for one in (end, end.other):
            self._listen(one)

    def _listen(self, end: _End) -> None:
        """Read only while the other side has taken everything: a slow reader slows its writer, and no memory grows."""
        reads = selectors.EVENT_READ if not end.finished and not end.other.waiting else 0
        events = reads | (selectors.EVENT_WRITE if end.waiting else 0)
        registered = end.connection in self._selector.get_map()
        if events and registered:
            self._selector.modify(end.connection, events, self._handler(end))
        elif events:
            self._selector.register(end.connection, events, self._handler(end))
        elif registered:
            self._selector.unregister(end.connection)

    def _drop(self, end: _End) -> None:
        for one in (end, end.other):
            self._ends.discard(one)
            if one.connection in self._selector.get_map():
                self._selector.unregister(one.connection)
            one.connection.close()
