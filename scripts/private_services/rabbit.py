"""RabbitMQ: one node or a cluster, each node with its own ports and data, all of an instance below one epmd."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

from .processes import ServiceError, alive, free_block, free_ports, kill, spawn, stop, tail, wait_until

# On a busy two-core machine a start takes 14 s, one with many quorum queues to recover twice that.
START_SECONDS = 120
CTL_PORTS = 10

# What Berkas asks of any broker is a file of its own; here stands what a private one adds.
BASE_CONFIG = Path(__file__).resolve().parents[2] / "config/rabbitmq/rabbitmq.conf"
CONFIG = """\
listeners.tcp.1 = 127.0.0.1:{port}
# Absolute, because a share of the machine's memory means nothing when several brokers share it.
vm_memory_high_watermark.absolute = {memory}
disk_free_limit.absolute = 200MB
log.file.level = warning
log.console = false
"""


def sbin():
    """Returns the server's own scripts; the wrappers in /usr/sbin switch to the user rabbitmq."""
    found = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    if not found:
        raise ServiceError("RabbitMQ is not installed; run `scripts/install-deps`")
    return found[-1].parent


def create(instance, node_count, memory):
    """Chooses ports and names and lays the directories; starts nothing."""
    home = instance.root / "rabbit"
    home.mkdir(exist_ok=True)
    cookie = home / ".erlang.cookie"
    if not cookie.exists():
        cookie.write_text(secrets.token_hex(20))
        cookie.chmod(0o400)
    ports = free_ports(1 + 2 * node_count)
    instance.state["epmd"] = {"port": ports.pop(), "process": None}
    for number in range(1, node_count + 1):
        name = instance.state["name"] + (str(number) if node_count > 1 else "")
        node = {
            "name": f"{name}@localhost",
            "dir": str(instance.root / f"node{number}"),
            "port": ports.pop(),
            "dist_port": ports.pop(),
            "ctl_ports": free_block(CTL_PORTS),
            "memory": memory,
            "process": None,
        }
        instance.state["nodes"].append(node)
        _lay_out(instance, node, number)
    first = instance.root / "rabbitmqctl"
    first.unlink(missing_ok=True)
    first.symlink_to(Path("node1/rabbitmqctl"))


def _lay_out(instance, node, number):
    folder = Path(node["dir"])
    for part in ("mnesia", "gen"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (instance.log_dir / f"node{number}").mkdir(parents=True, exist_ok=True)
    (folder / "enabled_plugins").write_text("[].\n")
    node["log"] = str(instance.log_dir / f"node{number}")
    settings = "".join(f"export {key}='{value}'\n" for key, value in _environment(instance, node).items())
    script = folder / "rabbitmqctl"
    script.write_text(f'#!/bin/sh\n# rabbitmqctl for the node {node["name"]}\n{settings}exec {sbin()}/rabbitmqctl "$@"\n')
    script.chmod(0o755)


def _environment(instance, node):
    folder = node["dir"]
    return {
        "HOME": str(instance.root / "rabbit"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_NODENAME": node["name"],
        "RABBITMQ_DIST_PORT": str(node["dist_port"]),
        "RABBITMQ_CTL_DIST_PORT_MIN": str(node["ctl_ports"]),
        "RABBITMQ_CTL_DIST_PORT_MAX": str(node["ctl_ports"] + CTL_PORTS - 1),
        "ERL_EPMD_PORT": str(instance.state["epmd"]["port"]),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
        "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
        "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
        "RABBITMQ_LOG_BASE": node["log"],
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
        "RABBITMQ_GENERATED_CONFIG_DIR": f"{folder}/gen",
        "RABBITMQ_PID_FILE": f"{folder}/beam.pid",
        # Other programs share the cores, so schedulers must not be bound to them.
        "RABBITMQ_SCHEDULER_BIND_TYPE": "u",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }


def _write_config(instance, node):
    """Writes rabbitmq.conf anew at each start: the definitions file may have appeared since the last one."""
    text = BASE_CONFIG.read_text() + CONFIG.format(port=node["port"], memory=node["memory"])
    nodes = instance.state["nodes"]
    if len(nodes) > 1:
        text += "cluster_formation.peer_discovery_backend = classic_config\n"
        for number, peer in enumerate(nodes, start=1):
            text += f"cluster_formation.classic_config.nodes.{number} = {peer['name']}\n"
    if instance.definitions.exists():
        _check_definitions(instance.definitions)
        text += f"load_definitions = {instance.definitions}\n"
    (Path(node["dir"]) / "rabbitmq.conf").write_text(text)


def _check_definitions(path):
    """Refuses a file that is no JSON: the broker would start without a word, and without a single user."""
    try:
        json.loads(path.read_text())
    except ValueError as error:
        raise ServiceError(f"definitions file `{path}`: {error}") from error


def launch(instance, nodes):
    """Starts the processes of the given nodes that do not run, and returns before they are ready."""
    if nodes:
        _start_epmd(instance)
    for node in nodes:
        if alive(node["process"]):
            continue
        _write_config(instance, node)
        # As below systemd the script replaces itself by the server, so the pid we get is the server's.
        env = {**os.environ, **_environment(instance, node), "RUNNING_UNDER_SYSTEMD": "true"}
        env.pop("NOTIFY_SOCKET", None)
        node["process"] = spawn([sbin() / "rabbitmq-server"], f"{node['log']}/console.log", env)
        instance.save()


def await_ready(instance, nodes):
    """Waits until each of the given nodes answers and the running ones see each other."""
    deadline = time.monotonic() + START_SECONDS
    for node in nodes:
        _await_ready(node, deadline)
    _await_cluster(instance, deadline)


def start(instance, nodes):
    """Starts the given nodes together (a stopped cluster comes back only so) and waits until they are ready."""
    launch(instance, nodes)
    await_ready(instance, nodes)


def _start_epmd(instance):
    """Starts this instance's own port mapper: the shared one would be left behind, and names could clash."""
    epmd = instance.state["epmd"]
    if alive(epmd["process"]):
        return
    command = ["epmd", "-port", epmd["port"], "-address", "127.0.0.1"]
    epmd["process"] = spawn(command, instance.log_dir / "epmd.log")
    instance.save()
    if not wait_until(lambda: _connects(epmd["port"]), 10):
        raise ServiceError(f"epmd does not answer:\n{tail(instance.log_dir / 'epmd.log')}")


def _connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def ready(node):
    """Whether the node speaks AMQP. A TCP connection succeeds too early; `Connection.Start` begins with a byte 1."""
    try:
        with socket.create_connection(("127.0.0.1", node["port"]), 2) as connection:
            connection.settimeout(2)
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"
    except OSError:
        return False


def _await_ready(node, deadline):
    def settled():
        return ready(node) or not alive(node["process"])

    wait_until(settled, deadline - time.monotonic(), pause=0.1)
    if not ready(node):
        ended = "does not answer" if alive(node["process"]) else "ended while starting"
        raise ServiceError(f"{node['name']} {ended}:\n{tail(node['log'] + '/console.log')}")


def _await_cluster(instance, deadline):
    """Waits until every running node sees the others: a queue declared earlier would get fewer replicas."""
    running = [node for node in instance.state["nodes"] if alive(node["process"])]
    if len(running) < 2:
        return
    for node in running:
        seconds = max(1, int(deadline - time.monotonic()))
        control(node, "await_online_nodes", str(len(running)), "--timeout", str(seconds))


def control(node, *arguments):
    """Runs this node's rabbitmqctl; raises `ServiceError` with its output when it fails."""
    done = subprocess.run([f"{node['dir']}/rabbitmqctl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServiceError(f"rabbitmqctl {' '.join(arguments)} on {node['name']}:\n{done.stdout}{done.stderr}")
    return done.stdout


def stop_node(node):
    """Stops a node in good order."""
    stop(node["process"])


def kill_node(node):
    """Kills a node with -9."""
    kill(node["process"])


def wipe(instance, nodes):
    """Stops the nodes, deletes all they hold and starts them again; what `load_definitions` names comes back."""
    for node in nodes:
        stop_node(node)
    for node in nodes:
        _forget(instance, node, nodes)
        shutil.rmtree(Path(node["dir"]) / "mnesia")
        (Path(node["dir"]) / "mnesia").mkdir()
    start(instance, nodes)


def _forget(instance, node, wiped):
    """Lets the rest of a cluster forget a wiped member, which could not join again under its name otherwise."""
    others = [peer for peer in instance.state["nodes"] if peer not in wiped and alive(peer["process"])]
    if others:
        control(others[0], "forget_cluster_node", node["name"])


def stop_all(instance):
    """Stops every node and the port mapper."""
    for node in instance.state["nodes"]:
        stop_node(node)
    if instance.state["epmd"]:
        stop(instance.state["epmd"]["process"], seconds=5)
