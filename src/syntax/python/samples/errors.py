import os
def f(:
    os.system(x)
    y = 

class X
    a = 1
z = (1 + ) 
$ w
def g():
    return [1, 2
after = 3
s = 'open
