"""A chain of four tasks in Celery with late acks and confirmed publishes, one worker process for each core.

python3 celery_chain.py AMQP_URL COUNT  ->  prints chains a second.
"""

import os
import subprocess
import sys
import time

from celery import Celery

app = Celery("peer", broker=os.environ.get("PEER_URL") or (sys.argv[1] if len(sys.argv) > 1 else None))
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_default_delivery_mode="persistent",
    worker_prefetch_multiplier=25,
    broker_transport_options={"confirm_publish": True},
    worker_send_task_events=False,
)
STAGES = 4


@app.task(name="hop")
def hop(body, left, done):
    if left > 1:
        hop.delay(body, left - 1, done)
    else:
        with open(done, "ab", buffering=0) as file:
            file.write(b".")


def main():
    url, count = sys.argv[1], int(sys.argv[2])
    done = f"/tmp/berkas-celery-{os.getpid()}"
    open(done, "wb").close()
    environment = dict(os.environ, PEER_URL=url, PYTHONPATH=os.pathsep.join(sys.path))
    command = [sys.executable, "-m", "celery", "-A", "celery_chain", "worker", "-c", "2", "-l", "ERROR",
               "--without-gossip", "--without-mingle", "--without-heartbeat"]
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        # The first chain tells that the worker is up; it is not counted.
        hop.delay("x", STAGES, done)
        while os.path.getsize(done) < 1:
            time.sleep(0.05)
        started = time.monotonic()
        for _ in range(count):
            hop.delay("x" * 1024, STAGES, done)
        while os.path.getsize(done) < count + 1:
            time.sleep(0.02)
        print(count / (time.monotonic() - started))
    finally:
        worker.terminate()
        worker.wait()
        os.unlink(done)


if __name__ == "__main__":
    main()
