from functools import partial


def identity(x):
    return x


def constant(x):
    return "constant"


def second(a, b):
    return b


def build(name, table="users"):
    return "select * from " + table + " where name = " + name


def deep(x):
    return identity(identity(x))


def gives():
    return source()


def runs(text):
    # ruleid: sql
    query(text)


def never_called_with_taint(text):
    # ok: sql
    query(text)


def calls():
    x = source()
    # ruleid: sql
    query(identity(x))
    # ok: sql
    query(identity("a"))
    # ok: sql
    query(constant(x))
    # ok: sql
    query(second(x, "b"))
    # ruleid: sql
    query(second("a", x))
    # ruleid: sql
    query(second(b=x, a="a"))
    # ruleid: sql
    query(build(x))
    # ruleid: sql
    query(build("a", table=x))
    # ruleid: sql
    query(deep(x))
    # ruleid: sql
    query(gives())
    runs(x)
    never_called_with_taint("x")


def star(*args, **options):
    # ruleid: sql
    query(args[0])
    # ruleid: sql
    query(options["name"])
    # ok: sql
    query(options["other"])


def calls_star():
    star(source(), name=source(), other="x")


def spread(a, b):
    # ruleid: sql
    query(b)


def calls_spread():
    items = ["x", source()]
    spread(*items)


def recursive(x, n):
    if n == 0:
        # ruleid: sql
        query(x)
        return x
    return recursive(x, n - 1)


def calls_recursive():
    recursive(source(), 3)


def fills(target, value):
    target["name"] = value


def calls_fills():
    d = {}
    fills(d, source())
    # ruleid: sql
    query(d["name"])
    e = {}
    fills(e, "x")
    # ok: sql
    query(e["name"])


def lambdas():
    f = lambda x: "select " + x
    # ruleid: sql
    query(f(source()))
    g = lambda x: "constant"
    # ok: sql
    query(g(source()))


def closures():
    x = source()

    def inner():
        # ruleid: sql
        query(x)

    inner()


def closure_arguments():
    def inner(y):
        return y + "x"

    # ruleid: sql
    query(inner(source()))
    # ok: sql
    query(inner("a"))


def nonlocal_names():
    x = "a"

    def inner():
        nonlocal x
        x = source()

    inner()
    # ruleid: sql
    query(x)


def partials():
    f = partial(second, "a")
    # ruleid: sql
    query(f(source()))
    g = partial(second, source())
    # ok: sql
    query(g("b"))


def mapped():
    rows = map(lambda x: x.strip(), source())
    # ruleid: sql
    query(list(rows)[0])
    # ok: sql
    query(list(map(int, source()))[0])


def generator():
    for x in source():
        yield x


def uses_generator():
    for row in generator():
        # ruleid: sql
        query(row)


async def asynchronous():
    return source()


async def awaits():
    x = await asynchronous()
    # ruleid: sql
    query(x)


def decorated(f):
    return f


@decorated
def with_decorator(x):
    # ruleid: sql
    query(x)


def calls_decorated():
    with_decorator(source())


def threads(pool):
    pool.submit(in_thread, source())


def in_thread(x):
    # ruleid: sql
    query(x)
