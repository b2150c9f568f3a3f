"""The worker process: importing this starts the node's threads, and ``application`` answers its requests (RSGI)."""

import os
import signal
import sys
import threading
import time
from multiprocessing.util import Finalize

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.node.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from entrepot.base.error import EntrepotError
from entrepot.node import running
from entrepot.node.gate import Gate
from entrepot.node.station import open_station

LOOK_S = 0.5
application = Gate(get_wsgi_application(), settings.CONFIG.threads)


def _follow(supervisor: int) -> None:
    """End when the supervisor is gone: nobody could stop or replace a worker that outlives it."""
    while os.getppid() == supervisor:
        time.sleep(LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _stop() -> None:
    application.close()
    running.stop()


try:
    running.start(open_station(settings.CONFIG))
except EntrepotError as wrong:
    sys.exit(f"entrepot: {wrong.message} ({wrong.error_code}) {wrong.remedy}".strip())
# A worker ends without the interpreter's own exit hooks; these run in either case.
Finalize(None, _stop, exitpriority=100)
threading.Thread(target=_follow, args=(os.getppid(),), name="supervisor-watch", daemon=True).start()
