"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kkmp.settings")

application = get_wsgi_application()

from kkmp.conditional import code_fingerprint  # noqa: E402  needs the applications that the line above loads

# Now, while the files on the disk are those of this process.
code_fingerprint()
