def straight():
    x = source()
    sink(x)


def inside():
    sink(source())


def rebound():
    x = source()
    x = "fixed"
    sink(x)


def either(flag):
    x = "fixed"
    if flag:
        x = source()
    sink(x)


def cleaned():
    x = clean(source())
    sink(x)


def cleaned_later():
    x = source()
    y = clean(x)
    sink(y)
    sink(x)


def built():
    x = source()
    y = "a" + x
    sink(y)
    z = f"a {x} b"
    sink(z)
    w = "a %s" % x
    sink(w)
    v = "a {}".format(x)
    sink(v)


def elements():
    x = source()
    items = [1, x]
    sink(items)
    other = {"key": x}
    sink(other)


def methods():
    x = source()
    sink(x.strip())
    sink(x.strip().lower())


def passed():
    x = source()
    y = unknown(x)
    sink(y)


def second_argument():
    x = source()
    sink(1, x)
    sink(1, key=x)


def focused_argument():
    x = source()
    run(x)
    run(1, x)
    run(clean(x))
    run("a" + x)


def loops():
    x = source()
    for item in x:
        sink(item)
    total = ""
    while unknown():
        total = total + x
    sink(total)


def tried():
    try:
        x = source()
    except ValueError:
        x = "fixed"
    sink(x)


def augmented():
    x = "a"
    x += source()
    sink(x)


def unpacked():
    a, b = source()
    sink(a)
    sink(b)


def walrus():
    if (x := source()):
        sink(x)


def conditional(flag):
    x = source() if flag else "fixed"
    sink(x)


def comprehension():
    x = source()
    sink([item for item in x])


def attribute():
    x = source()
    sink(x.name)
    sink(x["name"])


def filled():
    buffer = make()
    sink(buffer)
    fill(buffer)
    sink(buffer)
    wipe(buffer)
    sink(buffer)


def handle(event, context):
    sink(event)
    sink(event["body"])
    name = event["name"]
    sink(name)
    sink(context)


def other(event):
    sink("fixed")


def taken():
    x = source()
    box_ = make()
    sink(box_)
    box_.take(x)
    sink(box_)


def labelled():
    x = source()
    sink(x)
    y = x + "a"
    sink(y)
    z = "a" + "b"
    sink(z)


def boxed():
    x = box(1)
    sink(x)
    sink(box(2))


def queries(db, request):
    name = request.args["name"]
    db.execute("SELECT " + name)
    db.execute("SELECT ?", name)
    db.query(f"SELECT {request.form['x']}")
    db.execute("SELECT " + str(int(name)))
    db.execute("SELECT " + db.quote(name))


def early(flag):
    x = source()
    if flag:
        return
    sink(x)


def deleted():
    x = source()
    del x
    x = "fixed"
    sink(x)


def returned():
    x = source()
    return sink(x)


def nested():
    sink(unknown(clean(source())))


def lambda_value():
    x = source()
    f = lambda: sink(x)
    return f


def with_block():
    with source() as x:
        sink(x)


def starred():
    args = source()
    sink(*args)
    sink(**args)
