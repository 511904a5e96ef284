f(*a[0], *b.c, **d())
x = *a[0], *b.c()
[*a.b, *c]
return *a.b(c)[0], d
for x in *a, *b(): pass
*a.b, c = d
(*a, b)
a[*b, c]
yield * a + b, c
