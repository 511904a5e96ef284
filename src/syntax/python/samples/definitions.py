@a.b(1)
@c
async def f(a, /, b: int = 1, *args: int, c=2, **kw) -> List[int]:  # trailing
    """doc"""
    # end of the body


def g[T: int, *Ts, **P](*, a: "str" = None): pass
def h[T = int, *Ts = *tuple[int]](x: *Ts): ...
class A[T](B, Generic[T], metaclass=M, **kw):
    x: int
    y: Dict[str, int] = {}
    z: Annotated[str, Query(max_length=3)] | None = None

    @property
    def p(self): return 1
class E: ...
type X[K] = dict[K, Literal["a"]]
lambda a, *b, c=1, **d: a
lambda: (yield)
def i(*args: *tuple[int, ...]): return
