"""The rest of the Internet: takes the mail for elsewhere.example."""

from collections import Counter

from aiosmtpd.controller import Controller


class Outside:
    """A mail server on a loopback port. `full@` has no room left; `slow@` is asked to come again."""

    def __init__(self, port: int):
        self.received: Counter[str] = Counter()  # recipient -> messages
        self._controller = Controller(self, hostname="127.0.0.1", port=port, server_hostname="mx.elsewhere.example")

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("full@"):
            return "552 5.2.2 The mailbox is full"
        if address.startswith("slow@"):
            return "451 4.7.1 Please come again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        self.received.update(envelope.rcpt_tos)
        return "250 2.0.0 Ok: taken"
