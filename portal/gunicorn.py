"""How gunicorn serves the portal."""

import ipaddress
import os

if "WEB_CONCURRENCY" not in os.environ:  # which gunicorn reads itself
    workers = 2
threads = 4
timeout = 60
graceful_timeout = 10
umask = 0o077
control_socket_disable = True


def is_this_machine(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def on_starting(server):
    """Refuse to be reachable from elsewhere with the settings of a test drive."""
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    hosts = [address[0] for address in server.cfg.address if isinstance(address, tuple)]
    if not settings.PUBLIC and not all(map(is_this_machine, hosts)):
        raise ImproperlyConfigured(
            "监听了本机以外的地址，但没有设置 ALLOWED_HOSTS。"
            "请写明读者访问所用的主机名，如 ALLOWED_HOSTS=cases.example.gov.cn"
        )


keeper = None


def when_ready(server):
    """Start the process that writes exported files, and say where the portal is."""
    global keeper
    from django.conf import settings

    if settings.EXPORT_WORKER:
        from portal.export_worker import Keeper

        keeper = Keeper(listener.sock.fileno() for listener in server.LISTENERS)
        keeper.start()
    print(f"\n门户已启动：http://{server.address[0][0]}:{server.address[0][1]}/（按 Ctrl+C 停止）\n", flush=True)  # noqa: T201


def on_exit(server):
    if keeper:
        keeper.stop()
