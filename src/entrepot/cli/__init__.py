"""The command line. Each command lives in a module of its own, imported only when it is called.

Exit codes: 0 yes or done, 1 no or unknown, 2 could not be read or examined, 64 wrong use.
Results go to standard output, progress to standard error.
"""

import importlib
import os
import sys

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "community": ("entrepot.cli.community:group", "Fill a node with a little community of invented firms."),
    "demo": ("entrepot.cli.demo:command", "Run one whole sale between two nodes and show every step."),
    "document": ("entrepot.cli.document:group", "Verify trade documents that anyone issued."),
    "economy": ("entrepot.cli.economy:group", "Dated facts of the 28 economies, with sources."),
    "identity": ("entrepot.cli.identity:group", "Sign in, sign under a mandate, fill in forms, keep licences."),
    "journal": ("entrepot.cli.journal:group", "Verify, rebuild, export, back up and restore a node's log."),
    "migrate": ("entrepot.cli.migrate:command", "Move a node's journal and accounts forward to this program."),
    "offer": ("entrepot.cli.bulk:group", "Offer many things at once, from a table."),
    "operator": ("entrepot.cli.operator:group", "See how a node is, and what is to be done."),
    "party": ("entrepot.cli.party:group", "Create parties and resolve their identifiers."),
    "payment": ("entrepot.cli.payment:group", "Read and write payment codes."),
    "peer": ("entrepot.cli.peer:group", "Invite, accept and block other nodes."),
    "person": ("entrepot.cli.person:group", "End sessions of people; help who lost the app with her codes."),
    "registrar": ("entrepot.cli.registrar:group", "Keep a register of DIDs; issue identity anchors, take them back."),
    "rule": ("entrepot.cli.rule:group", "Ask dated, cited rules: yes, no or unknown, with sources."),
    "sale": ("entrepot.cli.sale:group", "List sales, show one record by record, sign with one's own key."),
    "serve": ("entrepot.cli.serve:command", "Run a node: API, exchange with peers, sealing."),
    "work": ("entrepot.cli.work:command", "Send and seal for a node on PostgreSQL, beside its web workers."),
}
"""Command name -> (module:object, one line of help)."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they run, so that ``--help`` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, imported now."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, from their one-line texts alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(COMMANDS.items())])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="entrepot")
def entrepot() -> None:
    """One cross-border sale, from order to paid, cleared and counted.

    Example: entrepot demo --dir demo
    """


def main() -> None:
    """Entry point of the ``entrepot`` command: no traceback reaches a user, wrong use exits with 64."""
    from entrepot.base.error import EntrepotError, UsageError

    try:
        result = entrepot.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("entrepot: stopped", err=True)
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(64)
    except EntrepotError as wrong:
        click.echo(f"entrepot: {wrong.message} ({wrong.error_code})", err=True)
        if wrong.remedy:
            click.echo(f"  {wrong.remedy}", err=True)
        sys.exit(64 if isinstance(wrong, UsageError) else 2)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as wrong:
        click.echo(f"entrepot: {wrong.strerror or wrong} ({wrong.filename or 'system'})", err=True)
        sys.exit(2)
    except Exception as wrong:
        if os.environ.get("ENTREPOT_TRACE") == "1":
            raise
        click.echo(f"entrepot: a fault of this program ({type(wrong).__name__}: {wrong})", err=True)
        click.echo("  Please report it; ENTREPOT_TRACE=1 shows where it happened.", err=True)
        sys.exit(2)
    sys.exit(result if isinstance(result, int) else 0)
