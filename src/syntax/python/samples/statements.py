x = y = z = 1, 2
a, *b = c
(a, b) = [c, d] = (e) = f
x: A.B[C] | None = f()
x: int
a += 1,
a = b = yield
del a, b[0], (c, d)
assert a, "b"
raise X from Y
raise
return
global a, b
nonlocal c
if a: b
elif c:
    d
    # end of elif
else:
    e
if x: y
for a, in b, c: pass
else: pass
async for x in y: pass
while a:
    break
else:
    continue
with (open(a) as f, open(b) as g): pass
with (open(a) as f): pass
with open(a) as f, b: pass
with (a, b): pass
async with x as (p, q): pass
with (yield x) as y: pass
try:
    a
except* (A, B) as e:
    b
except C: pass
except D, E: pass
except: pass
else: c
finally:
    d
"a"; b;
