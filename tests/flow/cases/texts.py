import json
import shlex
from html import escape


def f_string():
    name = source()
    # ruleid: sql
    query(f"select {name}")
    # ok: sql
    query(f"select {len(name)}")
    # ok: sql
    query(f"select {int(name):d}")


def percent():
    name = source()
    # ruleid: sql
    query("select '%s'" % name)
    # ruleid: sql
    query("select '%s' %d" % (name, 1))
    # ok: sql
    query("select %d" % name)
    # ok: sql
    query("select %(a)s" % {"a": "x", "b": name})
    # ruleid: sql
    query("select %(b)s" % {"a": "x", "b": name})


def formatted():
    name = source()
    # ruleid: sql
    query("select {}".format(name))
    # ok: sql
    query("select {0}".format("x", name))
    # ruleid: sql
    query("select {n}".format(n=name))
    # ok: sql
    query("select {n}".format(n="x", m=name))
    # ruleid: sql
    query("select {n}".format(**{"n": name}))


def joined():
    parts = ["select", source()]
    # ruleid: sql
    query(" ".join(parts))
    # ok: sql
    query(" ".join(["a", "b"]))
    # ruleid: sql
    query(",".join(str(x) for x in source()))


def methods():
    x = source()
    # ruleid: sql
    query(x.strip().lower().replace("'", ""))
    # ok: sql
    query("abc".replace("b", "c"))
    # ok: sql
    query(x.isdigit())
    # ruleid: sql
    query(x.split(",")[0])
    # ruleid: sql
    query(x[1:])
    # ruleid: sql
    query(x.encode("utf-8"))


def conversions():
    x = source()
    # ruleid: sql
    query(str(x))
    # ok: sql
    query(int(x))
    # ok: sql
    query(str(int(x)))
    x = source()
    # ruleid: sql
    query(json.dumps({"a": x}))
    # ruleid: sql
    query(json.loads(x)["name"])


def each_class_for_itself():
    x = source()
    # ok: shell
    command(shlex.quote(x))
    # ruleid: sql
    query(shlex.quote(x))
    # ok: html
    page(escape(x))
    # ruleid: sql
    query(escape(x))
    # ruleid: shell
    command(escape(x))


def behind_the_host():
    x = source()
    # ok: url
    fetch(f"https://example.com/{x}")
    # ruleid: url
    fetch(f"https://{x}/path")
    # ruleid: url
    fetch("https://example.com" + x)
    # ok: url
    fetch("https://example.com/a?b=" + x)
    # ruleid: url
    fetch(x)


def ternary(flag):
    x = source()
    # ruleid: sql
    query(x if flag else "y")
    # ok: sql
    query("a" if x else "b")


def boolean_operators():
    x = source()
    # ruleid: sql
    query(x or "default")
    # ok: sql
    query(x and "constant")
    # ruleid: sql
    query(None or x)
