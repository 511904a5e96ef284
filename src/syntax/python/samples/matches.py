match a, b:
    case 1 | -2: pass
    case -1.5: pass
    case [a, *rest]: pass
    case (x, y) as p if p: pass
    case {"k": v, -1: w, **r}: pass
    case Point(x=0, y=Foo(1)): pass
    case a.b.c | None | True: pass
    case "s" "t": pass
    case -1 + 2j: pass
    case _: pass
    case x, *_: pass
    case (z): pass
    case (1 | 2) as q: pass
    case []: pass
    case (): pass
    case {}: pass
    case 1,: pass
match = case(type)
match x:
    case Foo(): pass
