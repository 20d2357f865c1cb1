"""A private Postfix: relay port with a POP-before-SMTP map, two ports with SMTP-AUTH, mailboxes by LMTP.

It is configured as the installations are that this product is for: who collected mail a moment
ago may relay through the old port without a password. Starting it needs root.
"""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from waiting import until

SBIN = Path("/usr/lib/postfix/sbin")
LIFETIME = "1200"  # seconds until it ends by itself, should the tests be killed

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME TZ={time_zone}
enable_long_queue_ids = {long_queue_ids}

myhostname = mail.{domain}
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
# There is no DNS on a test machine: clients show as unknown[address].
smtpd_peername_lookup = no
smtp_host_lookup = native
smtp_dns_support_level = disabled

mynetworks = 127.0.0.1/32, {own_networks}
smtpd_client_restrictions =
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,
    check_client_access hash:{folder}/pop-before-smtp, reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth_socket}
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {certificate}
smtpd_client_port_logging = no
header_checks = regexp:{folder}/header_checks

virtual_mailbox_domains = {domain}
virtual_mailbox_maps = texthash:{folder}/mailboxes
virtual_alias_maps = texthash:{folder}/aliases
virtual_transport = lmtp:unix:{lmtp_socket}
transport_maps = inline:{{ {{ elsewhere.example = smtp:[127.0.0.1]:{outside_port} }} }}
default_transport = error:5.1.2 There is no such place
minimal_backoff_time = 600s
"""

# The names of the services, and so of the programs in the log, are those of Postfix's own master.cf.
MASTER_CF = """\
{listen}:{relay_port} inet n - n - - smtpd
{listen}:{submission_port} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
{listen}:{smtps_port} inet n - n - - smtpd
  -o syslog_name=postfix/smtps
  -o smtpd_tls_wrappermode=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

HEADER_CHECKS = "/^(X-Mailer|User-Agent):/ INFO\n"


@dataclass
class Postfix:
    folder: Path
    domain: str
    relay_port: int
    submission_port: int
    smtps_port: int
    outside_port: int
    mailboxes: list[str]  # addresses
    auth_socket: Path
    lmtp_socket: Path
    certificate: Path
    own_networks: str
    aliases: dict[str, str] = field(default_factory=dict)
    long_queue_ids: bool = False
    time_zone: str = "Asia/Tokyo"
    listen: str = "127.0.0.1"

    @property
    def log(self) -> Path:
        return self.folder / "postfix.log"

    def start(self) -> None:
        self.folder.mkdir()
        (self.folder / "queue").mkdir()
        self._write("main.cf", MAIN_CF)
        self._write("master.cf", MASTER_CF)
        (self.folder / "header_checks").write_text(HEADER_CHECKS)
        (self.folder / "mailboxes").write_text("".join(f"{address} here\n" for address in self.mailboxes))
        (self.folder / "aliases").write_text("".join(f"{name} {target}\n" for name, target in self.aliases.items()))
        self.permit([])
        self._run("/usr/sbin/postfix", "check")
        command = [SBIN / "master", "-c", self.folder, "-d", "-e", LIFETIME]
        # A session of its own: at its end Postfix signals the whole process group.
        self._master = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        until(lambda: (self.folder / "queue/public/postlog").exists(), "Postfix to start")

    def stop(self) -> None:
        self._master.terminate()
        self._master.wait(60)

    def permit(self, addresses: list[str]) -> None:
        """Let these client addresses relay. Postfix sees a new file only, so it is renamed into place."""
        table = self.folder / "pop-before-smtp.new"
        table.write_text("".join(f"{address} OK\n" for address in addresses))
        self._run("/usr/sbin/postmap", f"hash:{table}")
        os.rename(f"{table}.db", self.folder / "pop-before-smtp.db")

    def waiting(self) -> str:
        """The mail queue as JSON lines; empty when all is delivered or bounced."""
        return self._run("/usr/sbin/postqueue", "-j")

    def _write(self, name: str, template: str) -> None:
        values = vars(self) | {"long_queue_ids": "yes" if self.long_queue_ids else "no"}
        (self.folder / name).write_text(template.format_map(values))

    def _run(self, program: str, *arguments: str) -> str:
        environment = os.environ | {"MAIL_CONFIG": str(self.folder)}
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{program} {arguments}: {done.stderr}\n{self._tail()}"
        return done.stdout

    def _tail(self) -> str:
        return self.log.read_text()[-2000:] if self.log.exists() else ""
