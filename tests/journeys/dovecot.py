"""A private Dovecot: POP3 and IMAP, plain and TLS; it also delivers into the mailboxes and knows the passwords."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from waiting import until

PASSWORD = "correct horse battery"
MAIL_USER = 5000  # owns the mailboxes; need not have a name

DOVECOT_CONF = """\
protocols = pop3 imap lmtp
listen = {listen}
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = journey
import_environment = TZ={time_zone}
log_path = {folder}/dovecot.log
mail_location = maildir:~/Maildir
first_valid_uid = {mail_user}
auth_mechanisms = plain login
disable_plaintext_auth = no
auth_failure_delay = 0
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu {folder}/users
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_user} home={folder}/mail/%Ln
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3_port}
  }}
  inet_listener pop3s {{
    port = {pop3s_port}
    ssl = yes
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
}}
# Without this an address waits longer after every wrong password, and so would the tests.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener auth-smtp {{
    mode = 0666
  }}
}}
"""


@dataclass
class Dovecot:
    folder: Path
    logins: list[str]  # as people may type them; all have PASSWORD
    pop3_port: int
    pop3s_port: int
    imap_port: int
    imaps_port: int
    certificate: Path
    time_zone: str = "Asia/Tokyo"
    listen: str = "127.0.0.1"

    @property
    def log(self) -> Path:
        return self.folder / "dovecot.log"

    @property
    def auth_socket(self) -> Path:
        return self.folder / "run/auth-smtp"

    @property
    def lmtp_socket(self) -> Path:
        return self.folder / "run/lmtp"

    def maildir(self, login: str) -> Path:
        return self.folder / "mail" / login.lower().partition("@")[0] / "Maildir"

    def start(self) -> None:
        (self.folder / "mail").mkdir(parents=True)
        os.chown(self.folder / "mail", MAIL_USER, MAIL_USER)
        (self.folder / "users").write_text("".join(f"{login}:{PASSWORD}\n" for login in self.logins))
        (self.folder / "dovecot.conf").write_text(DOVECOT_CONF.format_map(vars(self) | {"mail_user": MAIL_USER}))
        command = ["/usr/sbin/dovecot", "-F", "-c", self.folder / "dovecot.conf"]
        with open(self.folder / "start.log", "wb") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        until(lambda: self.lmtp_socket.exists() and self.auth_socket.exists(), "Dovecot to start")

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(60)
