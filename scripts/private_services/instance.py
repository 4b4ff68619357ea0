"""One set of private servers: what it consists of, kept in `DIR/state.json` and told to others in `DIR/env`."""

import contextlib
import fcntl
import json
import os
import shlex
import shutil
from pathlib import Path

from .processes import ServiceError

# Everything that `up` makes below the root.
LAYOUT = ("rabbit", "node*", "postgres", "log", "rabbitmqctl", "env", "state.json", "definitions.json", ".lock")


class Instance:
    """The servers below `root`. `state` is plain data: `name`, `epmd`, `nodes` (a list) and `postgres`."""

    def __init__(self, root):
        self.root = Path(root).resolve()
        self.state = {"name": "", "definitions": "", "epmd": None, "nodes": [], "postgres": None}

    @classmethod
    def load(cls, root):
        """Reads an instance; raises `ServiceError` when nothing was started below `root`."""
        instance = cls(root)
        if not instance.exists():
            raise ServiceError(f"no services below `{instance.root}`; start them with `scripts/services up`")
        instance.state = json.loads((instance.root / "state.json").read_text())
        return instance

    def exists(self):
        """Whether `up` has been here and `down` not yet."""
        return (self.root / "state.json").exists()

    @property
    def log_dir(self):
        """Where every server logs; the only thing that `down` leaves."""
        return self.root / "log"

    @property
    def definitions(self):
        """The definitions file that the broker loads when it starts, if the file exists then."""
        return Path(self.state["definitions"] or self.root / "definitions.json")

    def node(self, which=None):
        """Returns a node by its number (`2`), by its name, or the first one."""
        nodes = self.state["nodes"]
        if not nodes:
            raise ServiceError("this instance has no RabbitMQ")
        for number, node in enumerate(nodes, start=1):
            if which is None or str(which) in (str(number), f"node{number}", node["name"]):
                return node
        names = ", ".join(node["name"] for node in nodes)
        raise ServiceError(f"no node `{which}`; there are {names}")

    def save(self):
        """Writes `state.json` and `env`; called after every start and stop, so that both always tell the truth."""
        self._replace("state.json", json.dumps(self.state, indent=1) + "\n")
        lines = [f"{key}={shlex.quote(value)}" for key, value in self.environment().items()]
        self._replace("env", "\n".join(lines) + "\n")

    def _replace(self, name, text):
        draft = self.root / f".{name}.new"
        draft.write_text(text)
        os.replace(draft, self.root / name)

    def environment(self):
        """Returns what `DIR/env` holds: `BERKAS_*` are the program's settings, `SERVICES_*` are for tests and scripts."""
        env = {"SERVICES_DIR": str(self.root)}
        nodes, postgres = self.state["nodes"], self.state["postgres"]
        if postgres:
            env["BERKAS_DATABASE_URL"] = f"postgres://app@127.0.0.1:{postgres['port']}/postgres"
            env["SERVICES_POSTGRES_PID"] = _pid(postgres["process"])
        if nodes:
            urls = [f"amqp://guest:guest@127.0.0.1:{node['port']}/%2f" for node in nodes]
            env["BERKAS_AMQP_URL"] = urls[0]
            env["BERKAS_AMQP_URLS"] = ",".join(urls)
            env["SERVICES_RABBIT_NODES"] = ",".join(node["name"] for node in nodes)
            env["SERVICES_RABBIT_PIDS"] = ",".join(_pid(node["process"]) for node in nodes)
            env["SERVICES_EPMD_PID"] = _pid(self.state["epmd"]["process"])
            env["SERVICES_RABBITMQCTL"] = str(self.root / "rabbitmqctl")
            env["SERVICES_DEFINITIONS"] = str(self.definitions)
        return env

    @contextlib.contextmanager
    def locked(self):
        """Lets one command at a time change this instance."""
        self.root.mkdir(parents=True, exist_ok=True)
        with open(self.root / ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def remove(self, purge):
        """Deletes what `up` made, logs too when `purge`; foreign files below `root` stay."""
        for path in self.root.iterdir():
            ours = any(path.match(pattern) for pattern in LAYOUT)
            if not ours or (path.name == "log" and not purge):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        with contextlib.suppress(OSError):
            self.root.rmdir()


def _pid(process):
    return str(process[0]) if process else ""
