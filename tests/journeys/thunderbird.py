"""A real Thunderbird without a screen, with a new profile, driven over Marionette's protocol.

It trusts the tests' authority, reaches the web by a given proxy only, and finds every mail server at one
loopback address. Its own modules look for the settings, make the account, check the login and send.
"""

import json
import os
import signal
import socket
import subprocess
from contextlib import closing
from pathlib import Path

from waiting import until

PREFERENCES = {
    "marionette.port": 0,  # any free one; it is written into the profile
    "network.proxy.type": 1,
    "network.proxy.no_proxies_on": "",
    "network.proxy.allow_hijacking_localhost": True,
    "network.connectivity-service.enabled": False,
    "network.captive-portal-service.enabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mailnews.start_page.enabled": False,
    "mailnews.auto_config.guess.enabled": False,
    "mailnews.database.global.indexer.enabled": False,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "extensions.update.enabled": False,
    "security.OCSP.enabled": 0,
    "toolkit.telemetry.enabled": False,
}

TRUST = """
const [pem, done] = arguments;
Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB).addCertFromBase64(pem, "C,,");
done(true);
"""

# As its own assistant does: all places in parallel. The DNS is asked nothing, for the tests stay on this machine.
FIND = """
const [address, done] = arguments;
(async () => {
  const { DNS } = ChromeUtils.importESModule("resource:///modules/DNS.sys.mjs");
  DNS.mx = DNS.srv = async () => [];
  const { FindConfig } = ChromeUtils.importESModule("resource:///modules/accountcreation/FindConfig.sys.mjs");
  const found = FindConfig.parallelAutoDiscovery(address.split("@")[1], address, new AbortController().signal);
  const { value: config } = await found.next();
  globalThis.foundConfig = config;
  const told = server => ({
    type: server.type, host: server.hostname, port: server.port, tls: server.socketType,
    auth: server.auth, user: server.username,
  });
  return config && {
    source: config.source, name: config.displayName,
    incoming: [config.incoming, ...config.incomingAlternatives].map(told),
    outgoing: [config.outgoing, ...config.outgoingAlternatives].map(told),
  };
})().then(done, error => done({ error: String(error) }));
"""

OPEN_ACCOUNT = """
const [address, name, password, done] = arguments;
(async () => {
  const from = "resource:///modules/accountcreation/";
  const { AccountConfig } = ChromeUtils.importESModule(from + "AccountConfig.sys.mjs");
  const { ConfigVerifier } = ChromeUtils.importESModule(from + "ConfigVerifier.sys.mjs");
  const { CreateInBackend } = ChromeUtils.importESModule(from + "CreateInBackend.sys.mjs");
  AccountConfig.replaceVariables(globalThis.foundConfig, name, address, password);
  const config = await new ConfigVerifier(null, new AbortController().signal)
    .verifyConfig(globalThis.foundConfig, false);
  const account = await CreateInBackend.createAccountInBackend(config);
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const sending = MailServices.outgoingServer.getServerByIdentity(account.defaultIdentity);
  return { key: account.key, incoming: account.incomingServer.serverURI, outgoing: sending.serverURI.spec };
})().then(done, error => done({ error: String(error) }));
"""

SEND = """
const [key, to, subject, text, done] = arguments;
(async () => {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const identity = MailServices.accounts.getAccount(key).defaultIdentity;
  identity.doFcc = false;
  const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
  Object.assign(fields, { from: identity.email, to, subject, forcePlainText: true });
  const sending = Cc["@mozilla.org/messengercompose/send;1"].createInstance(Ci.nsIMsgSend);
  return new Promise((resolve, reject) => {
    const listener = {
      QueryInterface: ChromeUtils.generateQI(["nsIMsgSendListener"]),
      onStartSending() {}, onProgress() {}, onStatus() {}, onGetDraftFolderURI() {}, onSendNotPerformed() {},
      onTransportSecurityError(id, status) { reject(new Error("TLS: " + status.toString(16))); },
      onStopSending(id, status) {
        if (Components.isSuccessCode(status)) resolve({ id });
        else reject(new Error("sending: " + status.toString(16)));
      },
    };
    sending.createAndSendMessage(
      null, identity, key, fields, false, false, Ci.nsIMsgSend.nsMsgDeliverNow, null, "text/plain", text,
      null, null, listener, null, null, Ci.nsIMsgCompType.New
    );
  });
})().then(done, error => done({ error: String(error) }));
"""


class Thunderbird:
    def __init__(self, program: Path, folder: Path, *, proxy_port: int, mail_address: str, trusted: Path) -> None:
        self._program, self._folder, self._trusted = program, folder, trusted
        self._profile = folder / "profile"
        self._preferences = PREFERENCES | {
            "network.dns.forceResolve": mail_address,
            **{f"network.proxy.{kind}": "127.0.0.1" for kind in ("http", "ssl")},
            **{f"network.proxy.{kind}_port": proxy_port for kind in ("http", "ssl")},
        }
        self._number = 0

    def __enter__(self) -> "Thunderbird":
        self._profile.mkdir(parents=True)
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in self._preferences.items())
        (self._profile / "user.js").write_text("".join(lines))
        command = [self._program, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
        self._log = open(self._folder / "thunderbird.log", "wb")
        self._process = subprocess.Popen(
            [*command, "--profile", self._profile],
            env=os.environ | {"HOME": str(self._folder), "MOZ_HEADLESS": "1", "TMPDIR": str(self._folder)},
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        try:
            self._connect()
            pem = "".join(line for line in self._trusted.read_text().splitlines() if "-----" not in line)
            self._run(TRUST, pem)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._command("Marionette:Quit", flags=["eForceQuit"])
            self._process.wait(60)
        finally:
            self._end()

    def find_settings(self, address: str) -> dict:
        return self._run(FIND, address)

    def open_account(self, address: str, *, name: str, password: str) -> dict:
        """With the settings that were found last; the login for receiving is tried first, as its assistant does."""
        return self._run(OPEN_ACCOUNT, address, name, password)

    def send(self, account: str, *, to: str, subject: str, text: str) -> str:
        """The Message-ID of what the server for sending has taken."""
        return self._run(SEND, account, to, subject, text)["id"].strip("<>")

    # --- Marionette: every message is LENGTH:JSON, a command [0, number, name, parameters] ---

    def _connect(self) -> None:
        written = self._profile / "MarionetteActivePort"

        def ready() -> bool:
            assert self._process.poll() is None, f"Thunderbird ended: {self._tail()}"
            return written.exists() and written.read_text().strip().isdigit()

        until(ready, "Thunderbird to start")
        self._socket = socket.create_connection(("127.0.0.1", int(written.read_text())), timeout=300)
        self._stream = self._socket.makefile("rb")
        self._receive()  # it introduces itself
        self._command("WebDriver:NewSession", capabilities={"alwaysMatch": {"timeouts": {"script": 240_000}}})
        self._command("Marionette:SetContext", value="chrome")

    def _run(self, script: str, *arguments: str) -> dict:
        """All scripts share one place, so that one uses what another has found."""
        place = {"sandbox": "assistant", "newSandbox": False}
        told = self._command("WebDriver:ExecuteAsyncScript", script=script, args=list(arguments), **place)["value"]
        assert told and "error" not in (told if isinstance(told, dict) else {}), f"{told}\n{self._tail()}"
        return told

    def _command(self, name: str, **parameters: object) -> dict:
        self._number += 1
        text = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(text), text))
        _kind, number, error, result = self._receive()
        assert number == self._number and error is None, f"{name}: {error}\n{self._tail()}"
        return result

    def _receive(self) -> list:
        length = b""
        while (digit := self._stream.read(1)) != b":":
            assert digit, f"Thunderbird hung up: {self._tail()}"
            length += digit
        return json.loads(self._stream.read(int(length)))

    def _tail(self) -> str:
        return (self._folder / "thunderbird.log").read_text(errors="replace")[-3000:]

    def _end(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(60)
        with closing(self._log):
            if hasattr(self, "_socket"):
                self._stream.close()
                self._socket.close()
