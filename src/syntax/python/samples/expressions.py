a.b(c)[d].e(f)
f(x for x in y if z for w in v)
[a async for b, c in d]
{a: b for a in c}
{a for a in b}
{**a, "b": c}
{a, *b}
a[1:2, ::3, ...]
a[b:]
a if b else c if d else e
not a < b <= c not  in d is not e
a and b or c
-a ** ~b
a + b * c @ d // e
(n := 10)
x = (yield)
x = yield from y
x = await z
(1,), (), (a), [a, (b)]
0x1F, 1_000, 1e5, 1j, True, False, None, ...
lambda x: x
(a
  # inside
  .b()  # behind
  .c())
f(a, b=1, *c, **d)(e)
print(a, file=b)
