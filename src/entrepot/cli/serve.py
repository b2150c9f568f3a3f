"""``entrepot serve``: run a node."""

import os
import signal
import threading
import time
from pathlib import Path

import click

HOST = "127.0.0.1"


def _heed_input(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001 - click's signature
    if value:
        threading.Thread(target=_end_with_input, name="input-watch", daemon=True).start()


def _end_with_input() -> None:
    """Whoever started this node has ended when its end of the pipe is closed, also where it was killed."""
    while os.read(0, 4096):
        pass
    while True:
        os.kill(os.getpid(), signal.SIGTERM)  # again and again: the server may not listen to it yet
        time.sleep(1)


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), required=True, help="The node's folder.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port on this machine.")
@click.option("--url", default="", help="Public https address. Without it the node serves this machine alone.")
@click.option(
    "--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Requests at once, in each worker."
)
@click.option("--workers", type=click.IntRange(1, 16), default=None,
              help="Worker processes; more than one needs PostgreSQL.  [default: 1]")  # fmt: skip
@click.option("--community", is_flag=True, help="With a little community of invented firms, on two nodes, to try.")
@click.option("--until-eof", is_flag=True, expose_value=False, callback=_heed_input,
              help="End when standard input ends: for programs that start nodes.")  # fmt: skip
def command(data: Path, *, port: int, url: str, threads: int, workers: int | None, community: bool) -> int:
    """Run a node: API, exchange with peers, sealing and delivery.

    It listens on 127.0.0.1; put a TLS proxy in front of it for the world. The operator's token is written to
    DATA/secret/operator-token at the first start.

    With --community it is filled at the first start, and a second node runs beside it; both serve this machine alone.

    Example: entrepot serve --data node --port 8000
    """
    if community:
        from entrepot.cli.community.hosting import serve_community

        words = ["--threads", str(threads), *([] if workers is None else ["--workers", str(workers)])]
        return serve_community(data, port, url=url, words=words)
    _serve(data, port, url=url, threads=threads, workers=workers)
    return 0


def _serve(data: Path, port: int, *, url: str, threads: int, workers: int | None) -> None:
    os.umask(0o077)  # journal, accounts and logs are the node's alone
    os.environ["ENTREPOT_DATA"] = str(data.absolute())
    os.environ["ENTREPOT_THREADS"] = str(threads)
    if workers is not None:
        os.environ["ENTREPOT_WORKERS"] = str(workers)
    if url:
        os.environ["ENTREPOT_URL"] = url
    if not os.environ.get("ENTREPOT_URL"):
        os.environ["ENTREPOT_URL"] = f"http://127.0.0.1:{port}"
        os.environ.setdefault("ENTREPOT_ALLOW_LOOPBACK_HTTP", "1")
    try:
        from granian import Granian
        from granian.constants import Interfaces
    except ImportError:
        raise click.ClickException("the node needs its own packages: pip install 'entrepot[node]'") from None
    from entrepot.node.lock import ServeLock, require_free
    from entrepot.node.prepare import ADDRESS, load_ahead, prepare_from_environment
    from entrepot.node.watch import STOP_S

    data.mkdir(parents=True, exist_ok=True)
    with ServeLock(data):
        require_free(HOST, port)
        config = prepare_from_environment()
        (data / ADDRESS).write_text(f"http://{HOST}:{port}\n", "ascii")
        load_ahead()
        click.echo(f"entrepot: {config.url} serves {config.data}", err=True)
        Granian(
            target="entrepot.node.worker:application",
            address=HOST,
            port=port,
            interface=Interfaces.RSGI,
            workers=config.workers,
            websockets=False,
            log_access=False,
            log_level="warning",  # type: ignore[arg-type]
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_S,
        ).serve()
