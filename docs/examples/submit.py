#!/usr/bin/env python3
"""Hands one dossier in, as the program of a kecamatan does, and waits for the district's answer.

    submit.py SERVICE CASE FORM.json KIND=FILE...

for example `submit.py akta_kelahiran LHR-1 form.json form_f201=f201.jpg kk=kk.pdf`, with the documents in the order in
which the form lists them. Needs Python 3 and pika (Debian: python3-pika). The environment says who and where:

    BERKAS_OFFICE     the office's code, which is also its AMQP user, for example 351709
    BERKAS_HTTP       the district's address, for example https://berkas.example.go.id
    BERKAS_API_KEY    the office's key, bk_...
    BERKAS_AMQP       amqps://351709:password@berkas.example.go.id/berkas
    BERKAS_SENDER_ID  only to send a dossier again that had no answer: the sender id that was printed then
"""

import hashlib
import json
import mimetypes
import os
import sys
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone

try:
    import pika
except ImportError:
    sys.exit("pika is missing: apt-get install python3-pika, or pip install pika")

ANSWER_WITHIN_S = 15 * 60


def setting(name):
    """Reads a setting from the environment."""
    return os.environ.get(name) or sys.exit(f"{name} is not set:\n{__doc__}")


def upload(path):
    """Uploads a file under the SHA-256 of its content unless the district has it; returns its reference."""
    with open(path, "rb") as file:
        content = file.read()
    sha256 = hashlib.sha256(content).hexdigest()
    status = http("HEAD", f"/api/v1/blobs/{sha256}")
    if status == 404:
        status = http("PUT", f"/api/v1/blobs/{sha256}", content)
    if status not in (200, 201):
        sys.exit(f"the district did not take {path}: HTTP {status}")
    return {"sha256": sha256, "size": len(content)}


def http(method, path, body=None):
    """Returns the status."""
    headers = {"Authorization": "Bearer " + setting("BERKAS_API_KEY"), "Content-Type": "application/octet-stream"}
    request = urllib.request.Request(setting("BERKAS_HTTP") + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def message(office, kind, data):
    """Wraps data as a CloudEvent. Keep its id: a message that is sent again has the same one."""
    return {"specversion": "1.0", "id": str(uuid.uuid4()), "source": f"/offices/{office}", "type": kind,
            "time": datetime.now(timezone.utc).isoformat(), "data": data}


def publish(channel, office, key, event):
    """Publishes and returns once the broker has it; raises when it does not take it. Then keep it and try later."""
    properties = pika.BasicProperties(user_id=office, message_id=event["id"], delivery_mode=2,
                                      content_type="application/json")
    channel.basic_publish("intake", key, json.dumps(event).encode(), properties, mandatory=True)


def wait_for_answer(channel, office, event):
    """Reads the office's queue until the answer to this message comes; everything else is left for others to read.

    An answer names the dossier. Of a message that could not be read nobody knows the dossier: its rejection names the
    message alone.
    """
    for method, _, body in channel.consume(f"return.{office}", inactivity_timeout=ANSWER_WITHIN_S):
        if method is None:
            return None
        answer = json.loads(body)
        data = answer["data"]
        if event["id"] != data.get("message") and event["data"]["sender_id"] != data.get("sender_id"):
            continue
        channel.basic_ack(method.delivery_tag)
        return answer


def hand_in(service, case, form, papers):
    """Uploads, publishes and waits; returns the sender id and the answer, which is None when none came."""
    office = setting("BERKAS_OFFICE")
    documents = [{"kind": kind, "media_type": mimetypes.guess_type(path)[0] or "image/jpeg", **upload(path)}
                 for kind, path in papers]
    sender_id = os.environ.get("BERKAS_SENDER_ID") or str(uuid.uuid4())
    submission = {"sender_id": sender_id, "office": office, "service": service, "case": case, "revision": 1,
                  "form": upload(form), "documents": documents}
    connection = pika.BlockingConnection(pika.URLParameters(setting("BERKAS_AMQP")))
    channel = connection.channel()
    channel.confirm_delivery()
    event = message(office, "id.berkas.submission.v1", submission)
    publish(channel, office, f"submission.{office}.{service}", event)
    print("sent, sender id", sender_id, flush=True)
    answer = wait_for_answer(channel, office, event)
    if answer:
        acknowledgement = message(office, "id.berkas.acknowledgement.v1", {"notice": answer["id"]})
        publish(channel, office, f"notice.{office}.acknowledged", acknowledgement)
    connection.close()
    return sender_id, answer


def main(arguments):
    papers = [paper.partition("=") for paper in arguments[3:]]
    if not papers or not all(kind and path for kind, _, path in papers):
        sys.exit(__doc__)
    service, case, form = arguments[:3]
    try:
        sender_id, answer = hand_in(service, case, form, [(kind, path) for kind, _, path in papers])
    except pika.exceptions.AMQPError as error:
        sys.exit(f"the broker did not take it, try later: {error!r}")
    except OSError as error:
        sys.exit(f"nothing was handed in: {error}")
    if answer is None:
        sys.exit(f"no answer: send it again with BERKAS_SENDER_ID={sender_id}")
    if answer["type"] == "id.berkas.rejected.v1":
        reasons = answer["data"]["reasons"]
        sys.exit("\n".join(f"{reason['code']}: {reason['text_id']} ({reason.get('field') or '-'})" for reason in reasons))
    print("accepted as", answer["data"]["registration_number"])


if __name__ == "__main__":
    main(sys.argv[1:])
