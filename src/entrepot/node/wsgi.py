"""The WSGI application that the server runs, one process with threads; importing it starts the node's threads."""

import atexit
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.node.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from entrepot.node import running  # noqa: E402
from entrepot.node.station import open_station  # noqa: E402

running.start(open_station(settings.CONFIG))
atexit.register(running.stop)
