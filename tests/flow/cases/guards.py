import os
import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlparse
from uuid import UUID

ALLOWED = {"a", "b"}
NAME = re.compile(r"[a-z][a-z0-9_]*")
BASE = Path("/srv/files")


def allow_list():
    x = source()
    if x not in ALLOWED:
        raise ValueError
    # ok: sql
    query(x)


def allow_list_inside():
    x = source()
    if x in ("asc", "desc"):
        # ok: sql
        query(x)
    # ruleid: sql
    query(x)


def allow_list_without_exit():
    x = source()
    if x not in ALLOWED:
        log("strange")
    # ruleid: sql
    query(x)


def equal_to_constant():
    x = source()
    if x == "yes":
        # ok: sql
        query(x)
    if x != "yes":
        return
    # ok: sql
    query(x)


def equal_to_another(other):
    x = source()
    if x == other:
        # ruleid: sql
        query(x)


def substring_is_no_guard():
    x = source()
    if x in "asc,desc":
        # ruleid: sql
        query(x)
    if "select" in x:
        return
    # ruleid: sql
    query(x)


def digits():
    x = source()
    if not x.isdigit():
        return
    # ok: sql
    query(x)
    # ok: shell
    command(x)


def digits_of_something_else(y):
    x = source()
    if not y.isdigit():
        return
    # ruleid: sql
    query(x)


def both():
    x = source()
    if x and x.isalnum():
        # ok: sql
        query(x)
    if not x or not x.isalnum():
        return
    # ok: sql
    query(x)


def either():
    x = source()
    if x or x.isalnum():
        # ruleid: sql
        query(x)


def anchored():
    x = source()
    if not re.fullmatch(r"[a-z_]+", x):
        raise ValueError
    # ok: sql
    query(x)


def anchored_by_hand():
    x = source()
    if re.match(r"^[a-z]+$", x):
        # ok: sql
        query(x)
    if re.match(r"[a-z]+", x):
        # ruleid: sql
        query(x)
    if re.search(r"^[a-z]+$", x):
        # ok: sql
        query(x)
    if re.match(r"^.*$", x):
        # ruleid: sql
        query(x)


def compiled():
    x = source()
    if NAME.fullmatch(x) is None:
        return
    # ok: sql
    query(x)


def compiled_is_unanchored():
    x = source()
    if not NAME.match(x):
        return
    # ruleid: sql
    query(x)


def pattern_admits_too_much():
    x = source()
    if re.fullmatch(r"[\w/.]+", x):
        # ok: shell
        command(x)
        # ruleid: path
        read_file(x)


def validators():
    x = source()
    UUID(x)
    # ok: sql
    query(x)
    y = source()
    ip_address(y)
    # ok: shell
    command(y)


def is_number():
    x = source()
    if isinstance(x, int):
        # ok: sql
        query(x)
    if isinstance(x, str):
        # ruleid: sql
        query(x)


def resolved():
    path = (BASE / source()).resolve()
    if not path.is_relative_to(BASE):
        raise ValueError
    # ok: path
    read_file(path)


def not_resolved():
    path = BASE / source()
    if not path.is_relative_to(BASE):
        raise ValueError
    # ruleid: path
    read_file(path)


def real_path():
    path = os.path.realpath(os.path.join("/srv", source()))
    if not path.startswith("/srv" + os.sep):
        raise ValueError
    # ok: path
    read_file(path)


def prefix_without_separator():
    path = os.path.realpath(os.path.join("/srv", source()))
    if not path.startswith("/srv"):
        raise ValueError
    # ruleid: path
    read_file(path)


def common_path():
    path = os.path.realpath(source())
    if os.path.commonpath(["/srv", path]) != "/srv":
        raise ValueError
    # ok: path
    read_file(path)


def base_name():
    # ok: path
    read_file(os.path.basename(source()))
    # ruleid: shell
    command(os.path.basename(source()))


def forbidden_pieces():
    x = source()
    if ".." in x or x.startswith("/"):
        raise ValueError
    # ok: path
    read_file(x)
    y = source()
    if ".." in y:
        raise ValueError
    # ruleid: path
    read_file(y)


def host_allow_list():
    url = source()
    host = urlparse(url).hostname
    if host not in ALLOWED:
        raise ValueError
    # ok: url
    fetch(url)
    # ruleid: sql
    query(url)


def host_of_another(other):
    url = source()
    if urlparse(other).hostname not in ALLOWED:
        raise ValueError
    # ruleid: url
    fetch(url)


def url_prefix():
    url = source()
    if url.startswith("https://example.com/"):
        # ok: url
        fetch(url)
    if url.startswith("https://example.com"):
        # ruleid: url
        fetch(url)
    if url.endswith("example.com"):
        # ruleid: url
        fetch(url)
    if "example.com" in url:
        # ruleid: url
        fetch(url)


def by_key():
    data = source()
    if data["sort"] not in ALLOWED:
        raise ValueError
    # ok: sql
    query(data["sort"])
    # ruleid: sql
    query(data["other"])


def by_attribute():
    data = source()
    if not data.name.isalnum():
        raise ValueError
    # ok: sql
    query(data.name)
    # ruleid: sql
    query(data.title)


def asserted():
    x = source()
    assert x in ALLOWED
    # ok: sql
    query(x)


def in_a_comprehension():
    names = [x for x in source() if x in ALLOWED]
    # ok: sql
    query(names[0])


def every_character():
    x = source()
    if not all(c.isalnum() or c in "-_" for c in x):
        raise ValueError
    # ok: sql
    query(x)


def checked_elsewhere(name):
    if name not in ALLOWED:
        raise ValueError(name)


def uses_check():
    x = source()
    checked_elsewhere(x)
    # ok: sql
    query(x)


def is_fine(name):
    return name in ALLOWED


def uses_predicate():
    x = source()
    if not is_fine(x):
        return
    # ok: sql
    query(x)


def uses_predicate_wrongly():
    x = source()
    if is_fine(x):
        return
    # ruleid: sql
    query(x)


def looks(name):
    print(name)


def no_check():
    x = source()
    looks(x)
    # ruleid: sql
    query(x)


def guarded_then_changed():
    x = source()
    if x not in ALLOWED:
        return
    x = source()
    # ruleid: sql
    query(x)
