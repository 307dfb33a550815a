"""All commands: a line of help and examples of each; the module of the same name runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Command:
    """One command.

    Args:
        help: one line.
        examples: command line → what it is for.
        module: of this package, where it is not called as the command is.
    """

    help: str
    examples: tuple[tuple[str, str], ...] = ()
    module: str = ""


COMMANDS: Final = {
    "serve": Command(
        "start the server",
        (
            ("kuma-lite serve", "on http://127.0.0.1:3001, with its data in ./data"),
            ("kuma-lite serve --host :: --port 443 --ssl-cert c.pem --ssl-key k.pem", "to everybody"),
            ("kuma-lite serve --apply kuma.yaml", "as a file says"),
        ),
    ),
    "status": Command(
        "show whether everything is up (exit status 0: yes, 3: something is down)",
        (("kuma-lite status", ""), ("kuma-lite status --tag production --json", "of some, for a script")),
    ),
    "ls": Command(
        "list monitors",
        (
            ("kuma-lite ls", "all of them, in their groups"),
            ("kuma-lite ls --state down --tag team=blue", "those that are down and have this tag"),
            ("kuma-lite ls shop --json", "those with “shop” in their names, for a script"),
        ),
    ),
    "check": Command(
        "check a monitor now and show how it went (exit status 0: up, 3: down, 4: unknown)",
        (("kuma-lite check Shop", "whatever its interval is; nothing of it is kept"),),
    ),
    "pause": Command(
        "stop checking monitors",
        (("kuma-lite pause Shop Basket", ""), ("kuma-lite pause --tag staging", "all that have a tag")),
    ),
    "resume": Command("check monitors again", (("kuma-lite resume --group Shop", "all in a group"),)),
    "incidents": Command(
        "list what was down, ongoing incidents first",
        (("kuma-lite incidents --ongoing", ""), ("kuma-lite incidents --limit 100 --json", "for a script")),
    ),
    "maintenance": Command(
        "start, stop and list maintenance",
        (
            ("kuma-lite maintenance start Shop --for 2h --title 'New router'", ""),
            ("kuma-lite maintenance stop 'New router'", "before its time"),
            ("kuma-lite maintenance list", ""),
        ),
    ),
    "export": Command(
        "print what a running server watches, as a configuration file",
        (
            ("kuma-lite export > kuma.yaml", ""),
            ("kuma-lite export --secrets secrets.yaml > kuma.yaml", "for another server"),
        ),
    ),
    "diff": Command(
        "show what “apply” would change (exit status 0: nothing, 2: something)",
        (("kuma-lite diff kuma.yaml", ""),),
    ),
    "apply": Command(
        "make a running server as a configuration file says",
        (
            ("kuma-lite apply kuma.yaml", "shows the plan and asks"),
            ("kuma-lite apply kuma.yaml --prune --yes", "does not ask, and removes what the file dropped"),
        ),
    ),
    "schema": Command(
        "print the JSON Schema of configuration files, for editors",
        (("kuma-lite schema > schema.json", ""),),
    ),
    "import": Command(
        "take over an Uptime Kuma with everything in it, or what a file of another program watches",
        (
            ("kuma-lite import /var/lib/uptime-kuma --data-dir ./data", "into an empty data folder"),
            ("kuma-lite import gatus.yaml --dry-run", "what a running server would get"),
            ("kuma-lite import prometheus.yml --modules blackbox.yml --print > kuma.yaml", ""),
        ),
        module="import_",
    ),
    "backup": Command(
        "write everything a running or stopped server keeps into one file",
        (
            ("kuma-lite backup /mnt/usb/kuma.tar.zst", ""),
            ("kuma-lite backup /mnt/usb/kuma.tar.zst.age", "with a passphrase"),
            ("kuma-lite backup copy.db", "the database alone"),
            ("kuma-lite backup --to s3://bucket/kuma/", "to S3, with the keys in AWS_ACCESS_KEY_ID ..."),
        ),
    ),
    "restore": Command(
        "put a backup back into the data folder of a stopped server, or try whether it could be",
        (
            ("kuma-lite restore kuma.tar.zst", "what is there now is kept"),
            ("kuma-lite restore --drill kuma.tar.zst", "changes nothing"),
            ("kuma-lite restore s3://bucket/kuma/", "the newest one there"),
        ),
    ),
    "doctor": Command(
        "look for what is wrong with this installation (exit status 0: nothing, 2: warnings, 3: trouble)",
        (("kuma-lite doctor", ""), ("kuma-lite doctor --bundle doctor.tar.gz", "for whoever helps you")),
    ),
    "export-page": Command(
        "write a status page as files that need no server",
        (("kuma-lite export-page shop --to /srv/www/status", ""),),
        module="export_page",
    ),
    "health": Command(
        "ask a running server whether it is well (exit status 0 or 1)", (("kuma-lite health", ""),)
    ),
    "user": Command(
        "reset a password or remove two-factor authentication", (("kuma-lite user reset-password", ""),)
    ),
    "service": Command(
        "make a service of the server or the agent, remove it, say whether it runs",
        (
            ("kuma-lite service install --port 8080", "as root, with systemd or launchd"),
            ("kuma-lite service install --agent --url https://kuma.example.com --token TOKEN", ""),
            ("kuma-lite service status", ""),
        ),
    ),
    "update": Command(
        "take the newest release, and take it back if it does not serve",
        (
            ("kuma-lite update --check", "is there a newer one?"),
            ("kuma-lite update", "as whoever has installed it; the version before is kept"),
        ),
    ),
    "token": Command(
        "create a token with which an agent or a script reports to the server",
        (
            ("kuma-lite token create --user --name laptop", "for the commands of this program"),
            ("kuma-lite token create --name agents", "for agents"),
            ("kuma-lite token create --user --name wall --scope read --tag shop", "it sees the shop alone"),
        ),
    ),
    "agent": Command(
        "report how this machine is doing to a server",
        (
            ("kuma-lite agent --url https://kuma.example.com --token TOKEN", "until it is ended"),
            ("kuma-lite agent --url https://kuma.example.com --token TOKEN --install", "as a service"),
        ),
    ),
    "config": Command(
        "print a commented configuration file with all settings",
        (("kuma-lite config > data/kuma-lite.toml", ""),),
    ),
    "mcp": Command(
        "let an assistant ask a server, by the Model Context Protocol on standard input and output",
        (("kuma-lite mcp --read-only", "as the command of a server in the settings of an assistant"),),
    ),
    "completion": Command(
        "print what completes commands in a shell",
        (
            ("kuma-lite completion bash > /etc/bash_completion.d/kuma-lite", ""),
            ("kuma-lite completion zsh > ~/.zfunc/_kuma-lite", "in a folder of $fpath"),
            ("kuma-lite completion fish > ~/.config/fish/completions/kuma-lite.fish", ""),
        ),
    ),
    "man": Command("print the manual page", (("kuma-lite man > /usr/local/share/man/man1/kuma-lite.1", ""),)),
    "version": Command("print the version"),
}
