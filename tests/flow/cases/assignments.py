def plain():
    x = source()
    y = x
    # ruleid: sql
    query(y)


def rebound():
    x = source()
    x = "constant"
    # ok: sql
    query(x)


def unpacked():
    a, b = source(), "constant"
    # ruleid: sql
    query(a)
    # ok: sql
    query(b)


def starred():
    first, *rest = "constant", source(), "x"
    # ok: sql
    query(first)
    # ruleid: sql
    query(rest[0])
    # ok: sql
    query(rest[1])


def nested():
    (a, (b, c)) = ("x", (source(), "y"))
    # ruleid: sql
    query(b)
    # ok: sql
    query(c)


def swapped():
    a, b = source(), "x"
    a, b = b, a
    # ok: sql
    query(a)
    # ruleid: sql
    query(b)


def augmented():
    text = "select "
    text += source()
    # ruleid: sql
    query(text)


def chained():
    a = b = source()
    # ruleid: sql
    query(b)
    return a


def walrus():
    if (found := source()):
        # ruleid: sql
        query(found)


def annotated():
    x: str = source()
    # ruleid: sql
    query(x)


def with_statement():
    with source() as handle:
        # ruleid: sql
        query(handle.read())


def deleted():
    x = source()
    del x
    x = "y"
    # ok: sql
    query(x)


COUNTER = ""


def set_global():
    global COUNTER
    COUNTER = source()


def read_global():
    # ruleid: sql
    query(COUNTER)


FIXED = "select 1"


def read_constant():
    # ok: sql
    query(FIXED)


def unknown_passes():
    # ruleid: sql
    query(transform(source()))


def length_is_harmless():
    # ok: sql
    query(len(source()))


def compared():
    # ok: sql
    query(source() == "x")


def sanitized():
    # ok: sql
    query(clean(source()))
    x = clean(source())
    # ok: sql
    query("select " + x)
