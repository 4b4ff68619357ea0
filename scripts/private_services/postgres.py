"""PostgreSQL: a cluster of its own, on one loopback port, without a socket file, never running as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from .processes import ServiceError, alive, free_ports, identity, stop, tail, wait_until

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    # The path of a socket file may hold 107 bytes only, which a deep checkout exceeds.
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "timezone": "UTC",
}
# For tests only: a power cut would lose what was committed. A killed process loses nothing, so commits stay synchronous.
FAST = {"fsync": "off", "full_page_writes": "off"}


def program(name):
    """Returns a program of the newest installed version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise ServiceError("PostgreSQL is not installed; run `scripts/install-deps`")
    return str(found[-1])


def create(instance, fast, options):
    """Chooses a port and makes the data directory; starts nothing."""
    folder = instance.root / "postgres"
    folder.mkdir(exist_ok=True)
    port = free_ports(1)[0]
    chosen = {**OPTIONS, **(FAST if fast else {}), **options, "port": str(port)}
    postgres = {"port": port, "options": chosen, "data": str(_data_directory(folder)), "process": None}
    instance.state["postgres"] = postgres
    instance.save()
    _run("initdb", "-D", postgres["data"], "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")


def _data_directory(folder):
    """Returns an empty directory that the server's user owns and can reach; linked to when it lies elsewhere."""
    data = folder / "data"
    if os.geteuid() != 0:
        return data
    user = pwd.getpwnam("postgres")
    if not _reachable(folder):
        private = Path(tempfile.mkdtemp(prefix="berkas-postgres-", dir="/tmp"))
        data.symlink_to(private)
        data = private
    data.mkdir(exist_ok=True)
    os.chown(data, user.pw_uid, user.pw_gid)
    return data


def _reachable(folder):
    """Whether the user postgres may walk to `folder`; asked of the kernel, which knows of groups and ACLs too."""
    return subprocess.run([*_as_postgres(), "test", "-x", str(folder)], check=False).returncode == 0


def _as_postgres():
    """Returns the words that drop root's rights, which the server refuses to have."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]


def _run(name, *arguments):
    command = [*_as_postgres(), program(name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise ServiceError(f"{name} failed:\n{done.stdout}{done.stderr}")


def start(instance):
    """Starts the server and waits until it accepts connections."""
    postgres = instance.state["postgres"]
    if alive(postgres["process"]):
        return
    options = " ".join(f"-c {key}='{value}'" for key, value in postgres["options"].items())
    log = instance.log_dir / "postgres.log"
    log.touch()
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(log, user.pw_uid, user.pw_gid)
    # `pg_ctl -l` opens the log as the server's user; through our own descriptor it needs no way to the file.
    with open(log, "ab") as output:
        command = [*_as_postgres(), program("pg_ctl"), "-D", postgres["data"], "-W", "-s", "-o", options, "start"]
        done = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/", check=False)
    if done.returncode != 0 or not wait_until(lambda: ready(postgres), 60):
        raise ServiceError(f"PostgreSQL does not start:\n{tail(log)}")
    pid_file = Path(postgres["data"]) / "postmaster.pid"
    postgres["process"] = identity(int(pid_file.read_text().split()[0]))
    instance.save()


def ready(postgres):
    """Whether the server accepts connections (`pg_isready`)."""
    command = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(postgres["port"]), "-t", "2"]
    return subprocess.run(command, check=False).returncode == 0


def restart(instance, mode):
    """Stops in the given mode (`fast`, or `immediate`, which is a crash with recovery) and starts again."""
    postgres = instance.state["postgres"]
    if not postgres:
        raise ServiceError("this instance has no PostgreSQL")
    if alive(postgres["process"]):
        _run("pg_ctl", "-D", postgres["data"], "-w", "-s", "-m", mode, "stop")
    start(instance)


def stop_server(instance):
    """Stops the server; open connections are cut."""
    postgres = instance.state["postgres"]
    if not postgres:
        return
    if alive(postgres["process"]):
        _run("pg_ctl", "-D", postgres["data"], "-w", "-s", "-m", "fast", "stop")
    stop(postgres["process"], seconds=5)


def remove(instance):
    """Deletes the data where it does not lie below the instance's directory."""
    postgres = instance.state["postgres"]
    if postgres and not Path(postgres["data"]).is_relative_to(instance.root):
        shutil.rmtree(postgres["data"], ignore_errors=True)
