"""Daemons we start, and only those: spawn, look up, signal, wait; and free loopback ports."""

import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path

# Below the range from which the kernel hands out source ports, so that a stopped server finds its port free again.
PORT_RANGE = range(20000, 32000)


class ServiceError(Exception):
    """Something the person at the terminal should read; printed without a traceback."""


def free_ports(count):
    """Returns `count` different loopback ports that nothing listens on now."""
    ports = []
    while len(ports) < count:
        port = random.choice(PORT_RANGE)
        if port not in ports and _can_bind(port):
            ports.append(port)
    return ports


def free_block(size):
    """Returns the first port of `size` neighbouring free loopback ports."""
    while True:
        first = random.randrange(PORT_RANGE.start, PORT_RANGE.stop - size)
        if all(_can_bind(port) for port in range(first, first + size)):
            return first


def _can_bind(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def spawn(command, log_path, env=None):
    """Starts a daemon in a session of its own, output appended to `log_path`; returns its identity for `alive`."""
    with open(log_path, "ab") as log:
        child = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=env,
            start_new_session=True,
        )
    return identity(child.pid)


def identity(pid):
    """Returns `[pid, start time]`: a bare pid may have been given to another process meanwhile."""
    return [pid, _stat(pid)[1]]


def _stat(pid):
    """Returns `(state, start time in ticks)` of a process; `("", 0)` when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "", 0
    fields = text[text.rindex(")") + 2 :].split()
    return fields[0], int(fields[19])


def alive(who):
    """Whether the process runs; a zombie that its parent has not reaped yet counts as gone."""
    if not who:
        return False
    state, started = _stat(who[0])
    return state not in ("", "Z", "X") and started == who[1]


def send(who, signal_number):
    """Sends a signal, if the process is still the one we started."""
    if alive(who):
        try:
            os.kill(who[0], signal_number)
        except ProcessLookupError:
            pass


def stop(who, seconds=30):
    """Asks the process to end and insists after `seconds`."""
    send(who, signal.SIGTERM)
    if not wait_until(lambda: not alive(who), seconds):
        kill(who)


def kill(who):
    """Ends the process at once, as a power cut would."""
    send(who, signal.SIGKILL)
    if not wait_until(lambda: not alive(who), 10):
        raise ServiceError(f"process {who[0]} survives SIGKILL")


def wait_until(condition, seconds, pause=0.05):
    """Polls `condition` until it holds; returns whether it did within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        _reap()
        time.sleep(pause)
    return True


def _reap():
    """Collects our own dead children, or they would stay zombies while we wait for them."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def tail(path, lines=15):
    """Returns the last lines of a log, for an error message."""
    try:
        text = Path(path).read_text(errors="replace")
    except OSError:
        return f"(no {path})"
    return "\n".join(text.splitlines()[-lines:])
