"""How gunicorn serves the portal."""

import os

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
timeout = 60
graceful_timeout = 10
control_socket_disable = True


def when_ready(server):
    print(f"\n门户已启动：http://{server.address[0][0]}:{server.address[0][1]}/（按 Ctrl+C 停止）\n", flush=True)  # noqa: T201
