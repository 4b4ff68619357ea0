"""Four hops in pika, as its documentation writes them: one process a stage, prefetch, confirms, ack after publish.

python3 pika_chain.py AMQP_URL COUNT  ->  prints messages a second that passed all four hops.
"""

import multiprocessing
import sys
import time

import pika

STAGES = ["peer.1", "peer.2", "peer.3", "peer.4"]
PERSISTENT = pika.BasicProperties(delivery_mode=2)


def stage(url, source, target, count):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_qos(prefetch_count=100)
    for done, (method, _, body) in enumerate(channel.consume(source), start=1):
        if target:
            channel.basic_publish("", target, body, properties=PERSISTENT, mandatory=True)
        channel.basic_ack(method.delivery_tag)
        if done == count:
            break
    channel.cancel()
    connection.close()


def main():
    url, count = sys.argv[1], int(sys.argv[2])
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    for name in STAGES:
        channel.queue_declare(name, durable=True)
    channel.confirm_delivery()
    links = zip(STAGES, STAGES[1:] + [None])
    workers = [multiprocessing.Process(target=stage, args=(url, a, b, count)) for a, b in links]
    for worker in workers:
        worker.start()
    started = time.monotonic()
    for _ in range(count):
        channel.basic_publish("", STAGES[0], b"x" * 1024, properties=PERSISTENT, mandatory=True)
    for worker in workers:
        worker.join()
    print(count / (time.monotonic() - started))
    connection.close()


if __name__ == "__main__":
    main()
