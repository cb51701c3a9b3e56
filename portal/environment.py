"""Read the configuration from environment variables, and refuse a bad value by its name."""

import contextlib
import ipaddress
import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
LONGEST_WORDS = 100
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
SECRET_KEY_LENGTH = 50
AUDIT_KEY_LENGTH = 32

_env = environ.Env()


def refuse(name: str, wrong: str, right: str) -> ImproperlyConfigured:
    """Build the error for variable `name`: what is wrong with its value and what would be right."""
    return ImproperlyConfigured(f"环境变量 {name} 有误：{wrong}。正确写法：{right}。")


def read_bool(name: str, default: bool) -> bool:
    """Return a switch; anything but true/false, yes/no, on/off, 1/0 is refused."""
    value = _env.str(name, default="").strip().lower()
    if not value:
        return default
    if value in {"true", "yes", "on", "1"}:
        return True
    if value in {"false", "no", "off", "0"}:
        return False
    raise refuse(name, f"“{value}”不是开关值", f"{name}=true 或 {name}=false")


def is_host(host: str) -> bool:
    """Accept a name, an address ([…] for IPv6), or `.example.cn`: a domain of two labels or more with all below it."""
    if host.startswith("["):
        try:
            return host.endswith("]") and ipaddress.ip_address(host[1:-1]).version == 6
        except ValueError:
            return False
    label = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
    return re.fullmatch(rf"\.{label}(\.{label})+|{label}(\.{label})*", host) is not None


def read_hosts(name: str) -> list[str]:
    """Return host names without scheme, port or path; empty means this machine only."""
    hosts = [host.strip() for host in _env.str(name, default="").split(",") if host.strip()]
    for host in hosts:
        if not is_host(host):
            raise refuse(
                name,
                f"“{host}”不是主机名（不带协议、端口和路径，也不用 *）",
                f"{name}=cases.example.gov.cn,10.0.0.8",
            )
    return hosts or ["localhost", "127.0.0.1", "[::1]"]


def read_directory(name: str, default: Path) -> Path:
    """Return a directory, made if need be, that this process can write to."""
    path = Path(_env.str(name, default="") or default).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / f".write-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise refuse(name, f"目录 {path} 不可写（{error.strerror}）", f"{name}=/srv/cases/data") from error
    return path


def read_database(name: str, data_dir: Path) -> dict[str, Any]:
    """Return Django's settings of one database: SQLite made safe (WAL, immediate transactions), or PostgreSQL."""
    url = _env.str(name, default="") or f"sqlite:///{data_dir / 'portal.sqlite3'}"
    right = f"{name}=postgres://用户:密码@主机:5432/库名，或 {name}=sqlite:////绝对路径/portal.sqlite3"
    scheme = urlsplit(url).scheme
    if scheme not in DATABASE_SCHEMES:
        raise refuse(name, f"不支持“{scheme or url}”开头的地址", right)
    try:
        config: dict[str, Any] = dict(_env.db_url_config(url))
    except (ValueError, environ.ImproperlyConfigured) as error:
        raise refuse(name, "地址无法解析", right) from error
    if not config.get("NAME"):
        raise refuse(name, "缺少库名", right)
    if scheme == "sqlite":
        return config | {
            "ENGINE": "portal.sqlite",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            # A file, not memory: threads and processes under test share it as they would the real one.
            "TEST": {"NAME": str(data_dir / "test.sqlite3")},
        }
    return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def read_search(name: str, data_dir: Path) -> Path:
    """Return the folder that holds the Whoosh index's generations, from `whoosh:///absolute/path`."""
    url = _env.str(name, default="")
    if not url:
        return data_dir / "search"
    parts = urlsplit(url)
    if parts.scheme != "whoosh" or parts.netloc or not parts.path.strip("/"):
        raise refuse(name, f"不支持“{url}”", f"{name}=whoosh:////srv/cases/search（目录），或不设此变量")
    return Path("/" + parts.path.lstrip("/"))


def read_secret_key(name: str, data_dir: Path, *, public: bool) -> str:
    """Return the signing key: given when the portal is public, else made once and kept in the data directory."""
    key = _env.str(name, default="")
    right = (
        f"{name}=<至少 {SECRET_KEY_LENGTH} 个随机字符>，"
        "可用 python -c 'import secrets; print(secrets.token_urlsafe(64))' 生成"
    )
    if key:
        weak = len(key) < SECRET_KEY_LENGTH or len(set(key)) < 5 or key.startswith("django-insecure-")
        if public and weak:
            raise refuse(name, "太短、重复或是示例值", right)
        return key
    if public:
        raise refuse(name, "对外服务（ALLOWED_HOSTS 含本机以外的主机）时不得使用默认密钥", right)
    return _made_once(data_dir / "secret_key")


def read_audit_key(name: str, data_dir: Path) -> str:
    """Return the key that the audit is hashed with: given, else made once and kept in the data directory."""
    key = _env.str(name, default="")
    if not key:
        return _made_once(data_dir / "audit_key")
    if len(key) < AUDIT_KEY_LENGTH or len(set(key)) < 5:
        raise refuse(
            name,
            "太短或重复",
            f"{name}=<至少 {AUDIT_KEY_LENGTH} 个随机字符>，"
            "可用 python -c 'import secrets; print(secrets.token_urlsafe(64))' 生成，或不设此变量",
        )
    return key


def _made_once(path: Path) -> str:
    """Return the key in this file, which is made if need be."""
    if not path.exists():
        # Written aside and linked: two processes that start together agree on one key, and none reads half of it.
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def read_words(name: str, *, example: str, default: str = "") -> str:
    """Return one line of text for readers, the default when it is not set."""
    words = _env.str(name, default="").strip() or default
    if len(words) > LONGEST_WORDS or not words.isprintable():
        raise refuse(name, f"应为一行文字，不超过 {LONGEST_WORDS} 字", f"{name}={example}，或不设此变量")
    return words


def read_header(name: str) -> str:
    """Return the name of a request header as WSGI spells it, empty when it is not set."""
    value = _env.str(name, default="").strip()
    if value and not re.fullmatch(r"[A-Za-z]+(-[A-Za-z]+)*", value):
        raise refuse(name, f"“{value}”不是请求头的名称", f"{name}=X-Forwarded-Proto")
    return f"HTTP_{value.upper().replace('-', '_')}" if value else ""


def read_rate(name: str, default: str) -> tuple[int, int] | None:
    """Return a rate like `120/minute` as (times, seconds); None for `off`."""
    value = _env.str(name, default="").strip().lower() or default
    if value == "off":
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,5})/(second|minute|hour|day)", value)
    if not match:
        raise refuse(name, f"“{value}”不是次数与时段", f"{name}=120/minute（second、minute、hour、day），或 {name}=off")
    return int(match[1]), {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[match[2]]


def read_count(name: str, *, most: int, default: int = 0, least: int = 0) -> int:
    """Return a whole number from `least` to `most`, the default when it is not set."""
    value = _env.str(name, default="").strip() or str(default)
    if not re.fullmatch(r"[0-9]{1,6}", value) or not least <= int(value) <= most:
        raise refuse(name, f"“{value}”不是 {least} 到 {most} 的整数", f"{name}={default or 1}，或不设此变量")
    return int(value)


def read_choice(name: str, *choices: str, default: str) -> str:
    """Return one of a few words."""
    value = _env.str(name, default="").strip().lower() or default
    if value not in choices:
        raise refuse(name, f"“{value}”不在可选的值里", "，或 ".join(f"{name}={choice}" for choice in choices))
    return value


def read_mail(name: str) -> dict[str, Any]:
    """Return Django's settings of a mail server, nothing for `off`. What is refused is not told: it has a password."""
    url = _env.str(name, default="").strip() or "off"
    if url == "off":
        return {}
    right = f"{name}=smtp+tls://用户:密码@mail.example.gov.cn:587（smtp、smtp+tls、smtp+ssl），或 {name}=off"
    try:
        config: dict[str, Any] = dict(_env.email_url_config(url))
    except (ValueError, environ.ImproperlyConfigured) as error:
        raise refuse(name, "不是邮件服务器的地址", right) from error
    if urlsplit(url).scheme.startswith("smtp") and not config["EMAIL_HOST"]:
        raise refuse(name, "缺少服务器", right)
    return {key: value for key, value in config.items() if value not in (None, "") and key.startswith("EMAIL_")}


def read_mail_address(name: str, *, is_needed: bool) -> str:
    """Return the address that e-mails come from."""
    address = _env.str(name, default="").strip()
    if not address and not is_needed:
        return "webmaster@localhost"
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address):
        raise refuse(name, f"“{address}”不是邮箱地址", f"{name}=anliku@example.gov.cn")
    return address


def read_site_url(name: str, hosts: list[str], *, public: bool) -> str:
    """Return the portal's address without a path; when not set, what follows from the first host."""
    url = _env.str(name, default="").strip().rstrip("/")
    if not url:
        return f"https://{hosts[0].lstrip('.')}" if public else "http://127.0.0.1:8000"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not is_host(parts.hostname or "") or parts.path or parts.query:
        raise refuse(name, f"“{url}”不是网站地址", f"{name}=https://cases.example.gov.cn")
    return url
