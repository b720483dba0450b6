"""How gunicorn serves: processes, time limits, and where it listens."""

import os
import sys

import dev

host, port = dev.setting("HOST", "127.0.0.1"), dev.setting("PORT", "8000")
complaint = dev.remote_complaint(
    mode=dev.setting("MODE", "production"), host=host, allow_remote=dev.setting("ALLOW_REMOTE_DEMO") == "1"
)
if complaint:
    sys.exit(complaint)
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
# Rendering costs more than waiting for the database, so one process a core beats many threads.
workers = int(dev.setting("WEB_CONCURRENCY") or min(2 * (os.cpu_count() or 1), 4))
threads = 2
# An import of a whole city is confirmed in one transaction.
timeout = 120
# A slow leak of memory never grows old; the jitter keeps workers from leaving together.
max_requests = 5000
max_requests_jitter = 500
# Heartbeat files on a disk can block a worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108  where Linux keeps shared memory
control_socket_disable = True
preload_app = True
