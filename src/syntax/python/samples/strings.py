"a\tb" 'c' """d"""
x = ("a"  # one
     "b")
r"\d" "\n"
b"\x00\xff" b'a'
f"a{{b}}{c!r:>{w}.2f}{d=}" "x{y}" r"\z"
f'{x["a"]:%Y}' rf'\d{e}'
f"{f'{1}'} {a, b} {lambda: 1}"
f'{x:{"a"}{b}}'
f'''{
  x
}'''
f"{x:}" F""
f"{'a' if b else 'c'}\n"
t"a{b}"
"\N{BULLET}\u00e9\
x"
