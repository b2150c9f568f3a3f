"""The worker process: importing this starts the node's threads, and ``application`` answers its requests (RSGI)."""

import gc
import os
import sys
from multiprocessing.util import Finalize

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.node.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from entrepot.base.error import EntrepotError
from entrepot.node import running
from entrepot.node.gate import Gate
from entrepot.node.notifier import Notifier
from entrepot.node.watch import Watch, open_patiently

application = Gate(get_wsgi_application(), settings.CONFIG.threads)


def _stop() -> None:
    application.close()
    for each in notifiers:
        each.stop()
        each.join()
    running.stop()


notifiers: list[Notifier] = []
watch = Watch()
try:
    station = open_patiently(settings.CONFIG)
except EntrepotError as wrong:
    sys.exit(f"entrepot: {wrong.message} ({wrong.error_code}) {wrong.remedy}".strip())
running.start(station)
notifiers.append(Notifier(station.office))
# A worker ends without the interpreter's own exit hooks; these run in either case.
Finalize(None, _stop, exitpriority=100)
watch.look_after(station)
# What is there by now stays: each search for garbage in it would stop the requests for a tenth of a second.
gc.collect()
gc.freeze()
