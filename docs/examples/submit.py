#!/usr/bin/env python3
"""Hands one dossier in, as the program of a kecamatan does, and waits for the district's answer.

    submit.py SERVICE CASE FORM.json KIND=FILE...

for example `submit.py akta_kelahiran LHR-1 form.json form_f201=f201.jpg kk=kk.pdf`, with the documents in the order in
which the form lists them. Needs Python 3 and pika (Debian: python3-pika). The environment says who and where:

    BERKAS_OFFICE    the office's code, which is also its AMQP user, for example 351709
    BERKAS_HTTP      the district's address, for example https://berkas.example.go.id
    BERKAS_API_KEY   the office's key, bk_...
    BERKAS_AMQP      amqps://351709:password@berkas.example.go.id/berkas
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

import pika

OFFICE = os.environ["BERKAS_OFFICE"]
ANSWER_WITHIN_S = 15 * 60


def upload(path):
    """Uploads a file under the SHA-256 of its content unless the district has it; returns its reference."""
    with open(path, "rb") as file:
        content = file.read()
    sha256 = hashlib.sha256(content).hexdigest()
    if http("HEAD", f"/api/v1/blobs/{sha256}") == 404:
        status = http("PUT", f"/api/v1/blobs/{sha256}", content)
        if status not in (200, 201):
            sys.exit(f"the district did not take a file: HTTP {status}")
    return {"sha256": sha256, "size": len(content)}


def http(method, path, body=None):
    """Returns the status."""
    headers = {"Authorization": "Bearer " + os.environ["BERKAS_API_KEY"], "Content-Type": "application/octet-stream"}
    request = urllib.request.Request(os.environ["BERKAS_HTTP"] + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def message(kind, data):
    """Wraps data as a CloudEvent. Keep its id: a message that is sent again has the same one."""
    return {"specversion": "1.0", "id": str(uuid.uuid4()), "source": f"/offices/{OFFICE}", "type": kind,
            "time": datetime.now(timezone.utc).isoformat(), "data": data}


def publish(channel, key, event):
    """Publishes and returns once the broker has it; raises when it does not take it. Then keep it and try later."""
    properties = pika.BasicProperties(user_id=OFFICE, message_id=event["id"], delivery_mode=2,
                                      content_type="application/json")
    channel.basic_publish("intake", key, json.dumps(event).encode(), properties, mandatory=True)


def wait_for_answer(channel, sender_id):
    """Reads the office's queue until the answer to this dossier comes; everything else is left for others to read."""
    for method, _, body in channel.consume(f"return.{OFFICE}", inactivity_timeout=ANSWER_WITHIN_S):
        if method is None:
            sys.exit("no answer: send the same message again")
        event = json.loads(body)
        if event["data"].get("sender_id") != sender_id:
            continue
        channel.basic_ack(method.delivery_tag)
        return event


def main(service, case, form, *papers):
    documents = []
    for paper in papers:
        kind, path = paper.split("=", 1)
        documents.append({"kind": kind, "media_type": mimetypes.guess_type(path)[0] or "image/jpeg", **upload(path)})
    submission = {"sender_id": str(uuid.uuid4()), "office": OFFICE, "service": service, "case": case, "revision": 1,
                  "form": upload(form), "documents": documents}
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["BERKAS_AMQP"]))
    channel = connection.channel()
    channel.confirm_delivery()
    publish(channel, f"submission.{OFFICE}.{service}", message("id.berkas.submission.v1", submission))
    answer = wait_for_answer(channel, submission["sender_id"])
    acknowledgement = message("id.berkas.acknowledgement.v1", {"notice": answer["id"]})
    publish(channel, f"notice.{OFFICE}.acknowledged", acknowledgement)
    connection.close()
    if answer["type"] == "id.berkas.rejected.v1":
        sys.exit("\n".join(f"{reason['code']}: {reason['text_id']}" for reason in answer["data"]["reasons"]))
    print("accepted as", answer["data"]["registration_number"])


if __name__ == "__main__":
    main(*sys.argv[1:])
