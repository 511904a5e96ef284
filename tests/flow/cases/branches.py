MODE = "safe"


def never_taken():
    x = "constant"
    if False:
        x = source()
    # ok: sql
    query(x)


def arithmetic():
    number = 106
    if 7 * 42 - number > 200:
        x = source()
    else:
        x = "constant"
    # ok: sql
    query(x)


def arithmetic_taken():
    number = 86
    if 7 * 42 - number > 200:
        x = source()
    else:
        x = "constant"
    # ruleid: sql
    query(x)


def constant_ternary():
    number = 106
    x = "constant" if 7 * 18 + number > 200 else source()
    # ok: sql
    query(x)


def module_constant():
    x = source()
    if MODE == "safe":
        x = "constant"
    # ok: sql
    query(x)


def either(flag):
    if flag:
        x = source()
    else:
        x = "y"
    # ruleid: sql
    query(x)


def early_exit(flag):
    x = source()
    if flag:
        return None
    # ruleid: sql
    query(x)


def only_the_other_branch(flag):
    x = source()
    if flag:
        x = "y"
    else:
        raise ValueError(x)
    # ok: sql
    query(x)


def character_match():
    guess = "ABC"
    target = guess[1]
    match target:
        case "A":
            x = source()
        case "B":
            x = "constant"
        case _:
            x = source()
    # ok: sql
    query(x)


def character_match_taken():
    guess = "ABC"
    target = guess[0]
    match target:
        case "A":
            x = source()
        case _:
            x = "constant"
    # ruleid: sql
    query(x)


def match_captures():
    match source():
        case {"name": name, "kind": "x"}:
            # ruleid: sql
            query(name)
        case [first, *rest]:
            # ruleid: sql
            query(first)
        case str() as text:
            # ruleid: sql
            query(text)
        case int(number):
            # ok: sql
            query(number)


def exceptions():
    x = "a"
    try:
        x = source()
        risky()
    except ValueError:
        # ruleid: sql
        query(x)
    else:
        # ruleid: sql
        query(x)
    finally:
        # ruleid: sql
        query(x)


def exception_replaces():
    try:
        x = int(source())
    except ValueError:
        x = 1
    # ok: sql
    query(x)


def exit_in_handler():
    x = source()
    try:
        int(x)
    except ValueError:
        return
    # ok: sql
    query(x)


def no_exit_in_handler():
    x = source()
    try:
        int(x)
    except ValueError:
        pass
    # ruleid: sql
    query(x)


def loop_carried():
    x = ""
    for i in range(3):
        # ruleid: sql
        query(x)
        x = source()


def broken_out():
    x = source()
    while True:
        if ready():
            break
        x = "y"
    # ruleid: sql
    query(x)


def loop_replaces_on_some_ways(items):
    x = "a"
    for item in items:
        if item:
            x = source()
            continue
        x = "b"
    # ruleid: sql
    query(x)


def endless():
    x = source()
    while True:
        x = "y"
        if ready():
            break
    # ok: sql
    query(x)
