print "a", b
print >>f, "a",
exec "code" in ns
raise E, "msg"
x = `repr`
y = 10L + 0777
a <> b
try: pass
except E, e: pass
def f((a, b), c): pass
for x in 1, 2: pass
[x for x in 1, 2]
ur"a"
