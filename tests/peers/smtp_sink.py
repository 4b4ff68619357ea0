"""A mail server that keeps nothing: aiosmtpd, as Debian packages it.

python3 smtp_sink.py [--tls CERTIFICATE KEY PASSWORD] PORT [STATUS...]  ->  prints {"port": …}, then each mail it took as one line of JSON.

Recipients are answered with the given statuses, one after the other, then with 250. The status `hang` answers nothing.
With --tls, mail is taken only after STARTTLS and from the user `berkas` with the password.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Sink:
    def __init__(self, statuses):
        self.statuses = statuses

    async def handle_RCPT(self, server, session, envelope, address, options):
        status = self.statuses.pop(0) if self.statuses else "250"
        say({"rcpt": address, "status": status})
        if status == "hang":
            await asyncio.Event().wait()
        if status == "250":
            envelope.rcpt_tos.append(address)
        return f"{status} as told"

    async def handle_DATA(self, server, session, envelope):
        say({"from": envelope.mail_from, "to": envelope.rcpt_tos, "content": envelope.content.decode()})
        return "250 taken"


def say(line):
    print(json.dumps(line), flush=True)


def guard(certificate, key, password):
    """What the server is given to speak TLS and to know its user."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def authenticate(server, session, envelope, mechanism, data):
        known = (data.login, data.password) == (b"berkas", password.encode())
        return AuthResult(success=known, handled=False)

    return {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": authenticate}


async def main():
    arguments, options = sys.argv[1:], {}
    if arguments[0] == "--tls":
        options = guard(*arguments[1:4])
        del arguments[:4]
    sink = Sink(arguments[1:])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink", **options), "127.0.0.1", int(arguments[0]))
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
