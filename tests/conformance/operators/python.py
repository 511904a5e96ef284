# What the patterns of python.yaml are tried on. It is parsed, never run.
import subprocess
import os
from typing import Any

try:
    work()
except Exception as e:
    log(e)

try:
    work()
except ValueError as e:
    log(e)
except Exception as e:
    log(e)

try:
    work()
except:
    log(1)

try:
    work()
except Exception:
    pass

try:
    work()
except ValueError:
    pass
except:
    pass

def f():
    return run("a")

def g():
    x = run("b")
    if run("c"):
        pass
    for q in run("d"):
        pass
    yield run("e")
    raise run("f")

def h():
    lock()
    return run("g")

def i():
    x = lock()
    return run("h")

def j():
    return lock(run("i"))

def k():
    with lock():
        run("k")

def l():
    if lock():
        run("l")

def m():
    run("m1")
    return lock()

def n():
    run("n1")
    lock()

def o():
    run("o1")
    x = lock()

def p():
    run("p1")
    raise lock()

def q():
    run("q1")
    if x:
        return lock()

def r():
    run("r1")
    assert lock()

def s():
    run("s1")
    del lock().x

def t():
    run("t1")
    return 1 + lock()

def u():
    run("u1")
    return await lock()

def v():
    run("v1")
    y = foo(lock())

def w():
    run("w1")
    foo(lock())
    
use(b"\x00" * 16)
use("a" * 8)
use([0] * 8)
A = b"\x00" * 16
use(A)
use(b"x")
use("lit")
try:
    work()
except Exception as e:
    log(e)
except ValueError as e:
    log(e)
finally:
    done()

try:
    work()
except Exception as e:
    log(e)
else:
    ok()

if x:
    aa()

if x:
    aa()
    bb()

if x:
    cc()
    aa()

if x:
    aa()
else:
    bb()

def f1():
    aa()

def f2():
    aa()
    bb()

def f3():
    bb()
    aa()
    cc()

def f4():
    bb()
    aa()

for i in x:
    aa()
    bb()

with x:
    aa()
    bb()

class C:
    aa = 1
    bb = 2

while x:
    if y:
        aa()
    bb()

def f5():
    if z:
        aa()
    else:
        cc()
    bb()

def f9():
    print(f"{aa()}")

def f10():
    yy += aa()

def f11():
    yield aa()

def f12():
    await aa()

def f13():
    x: int = aa()

def f14():
    yy = bb(aa())

def f15():
    (yy := aa())

def f16():
    global aa
    return (1, aa())

def f17():
    raise aa()

def f18():
    assert aa()

def f19():
    print(aa)

s(b"abc", "abc", "x" + "y", f"{a}", "a" "b", b"a" + b"c", "a" * 3, 3 * "ab")
s1(b"abc")
s1("abc")
s1("x" + "y")
s1(f"{a}b")
s1(f"b")
s1("a" "bc")
s1(b"ab" + b"c")
s1(u"abc")
s1(r"abc")
s1("ab" + foo)
n1(3 * 5)
n1(15)
n1(1 << 4)
n1(16)
n1(0x10)
n1(1_6)
n1(16.0)
n1(-16)
n1(-(16))
n1(2 ** 4)
n1(20 - 4)
try:
    work()
except ValueError as e:
    log(e)
except Exception as e:
    log(e)

try:
    work()
except (KeyError, TypeError):
    pass

try:
    work()
finally:
    pass

try:
    work()
except ValueError:
    pass
finally:
    pass

class C:
    aa = 1
    bb = 2

class D(C, metaclass=M):
    """doc"""
    aa = 1
    def bb(self):
        pass
    cc = 3

def f(a, b=1, *args, c, **kw) -> int:
    return 1

def g(a: int, b):
    pass

@deco
@other(1)
def h(a):
    pass

async def k(a):
    await z()

f(1, a=2)
f(1, 2, a=2)
f(*xs, **kw)
f(a=2)
f_keywords(a=2, b=3)
chained = also = 7
x, y = z
x: int = 3
x += 3
a == b
b == a
a < b < c
not a
assert a, "m"
raise E("x") from e
with a as b, c as d:
    pass
for i in x: pass
else: pass
[i for i in x if i]
{i: j for i in x}
{"a": 1, "b": 2}
{"b": 2, "a": 1}
[1, 2, 3]
(1, 2, 3)
{1, 2, 3}
x[1]
x[1:2]
x.y.z
x.y().z()
lambda a: a
print("a", end="")
a if b else c
del a, b
global zz
import os.path
import a.b as c
from a import b
from a import b as c, d
from . import e
from a.b import *
match x:
    case 1: pass
    case _: pass
a and b and c
a or b
f"{x}"
f"abc {x} def"
foo(bar)(baz)
foo[bar](baz)
yield_ = 1

fold_format("ab%s" % "c")
fold_format("ab{}".format("c"))
fold_repeat("abc" * 3)
fold_floor(32 // 2)

def returns_lambda():
    return lambda: later()

try:
    work()
except ValueError as e:
    log(e)
except Exception as e:
    log(e)
