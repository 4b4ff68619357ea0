"""Verifies one webhook with the Standard Webhooks library for Python.

python3 webhook_verify.py SECRET ID TIMESTAMP SIGNATURE BODY  ->  prints `verified` or `refused`.
"""

import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def main():
    secret, message_id, timestamp, signature, body = sys.argv[1:]
    headers = {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        print("refused")
    else:
        print("verified")


if __name__ == "__main__":
    main()
