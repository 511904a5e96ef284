import configparser
from collections import OrderedDict


def dict_literal():
    d = {"a": source(), "b": "x"}
    # ruleid: sql
    query(d["a"])
    # ok: sql
    query(d["b"])
    # ruleid: sql
    query(d.get("a"))
    # ok: sql
    query(d.get("b", "y"))
    # ruleid: sql
    query(d.get("c", d["a"]))


def dict_stores():
    d = {}
    d["a"] = source()
    d["b"] = "x"
    # ok: sql
    query(d["b"])
    # ruleid: sql
    query(d["a"])
    d["a"] = "clean again"
    # ok: sql
    query(d["a"])


def dict_unknown_key(key):
    d = {"a": source(), "b": "x"}
    # ruleid: sql
    query(d[key])
    e = {"a": "x", "b": "y"}
    # ok: sql
    query(e[source()])
    # ok: sql
    query(e.get(source(), "z"))


def parameter_dict(d):
    d["a"] = source()
    # ruleid: sql
    query(d["a"])
    # ok: sql
    query(d["b"])


def dict_call():
    d = dict(a=source(), b="x")
    # ruleid: sql
    query(d["a"])
    # ok: sql
    query(d["b"])


def dict_update():
    d = {"a": "x"}
    d.update({"a": source()})
    # ruleid: sql
    query(d["a"])
    d.update(a="y")
    # ok: sql
    query(d["a"])


def dict_items():
    d = {"a": source()}
    for key, value in d.items():
        # ok: sql
        query(key)
        # ruleid: sql
        query(value)


def lists():
    values = []
    values.append("safe")
    values.append(source())
    values.append("more")
    # ruleid: sql
    query(values[1])
    # ok: sql
    query(values[0])
    values.pop(0)
    # ruleid: sql
    query(values[0])
    # ok: sql
    query(values[1])


def list_insert():
    values = ["a", "b"]
    values.insert(0, source())
    # ruleid: sql
    query(values[0])
    # ok: sql
    query(values[2])
    # ok: sql
    query(values[-1])


def list_pop():
    values = ["a", source()]
    # ruleid: sql
    query(values.pop())
    # ok: sql
    query(values.pop())


def list_slices():
    values = ["a", source(), "b"]
    # ok: sql
    query(values[:1][0])
    # ruleid: sql
    query(values[1:][0])


def alias():
    values = []
    other = values
    other.append(source())
    # ruleid: sql
    query(values[0])


def tuples():
    t = ("a", source())
    # ok: sql
    query(t[0])
    # ruleid: sql
    query(t[1])


def loops_over():
    for value in ["a", source()]:
        # ruleid: sql
        query(value)
    for value in ("a", "b"):
        # ok: sql
        query(value)
    for index, value in enumerate([source()]):
        # ok: sql
        query(index)
        # ruleid: sql
        query(value)
    for left, right in zip(["a"], [source()]):
        # ok: sql
        query(left)
        # ruleid: sql
        query(right)


def comprehension():
    rows = [x.strip() for x in source()]
    # ruleid: sql
    query(rows[0])
    safe = [int(x) for x in source()]
    # ok: sql
    query(safe[0])
    table = {k: v for k, v in source().items()}
    # ruleid: sql
    query(table["a"])


def grown_in_a_loop():
    parts = []
    for x in source():
        parts.append(x)
    # ruleid: sql
    query(" ".join(parts))


def counted_in_a_loop():
    parts = []
    for x in source():
        parts.append("?")
    # ok: sql
    query(",".join(parts))


def config():
    parser = configparser.ConfigParser()
    parser.add_section("s")
    parser.set("s", "a", "constant")
    parser.set("s", "b", source())
    # ok: sql
    query(parser.get("s", "a"))
    # ruleid: sql
    query(parser.get("s", "b"))


def membership_sets():
    seen = set()
    seen.add(source())
    for x in seen:
        # ruleid: sql
        query(x)


def ordered():
    d = OrderedDict()
    d["a"] = source()
    # ruleid: sql
    query(d["a"])


def nested():
    d = {"a": {"b": source(), "c": "x"}}
    # ruleid: sql
    query(d["a"]["b"])
    # ok: sql
    query(d["a"]["c"])
