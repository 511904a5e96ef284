"""Which parameters come from the body where nothing says so."""

import datetime
import decimal
import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Dict, Generic, List, Literal, NamedTuple, NewType, Optional, Set, Tuple, TypeVar

from fastapi import FastAPI, UploadFile
from pydantic import AnyUrl, BaseModel, EmailStr, HttpUrl, SecretStr, conint, conlist, constr
from typing_extensions import TypedDict

app = FastAPI()
T = TypeVar("T")
UserId = NewType("UserId", int)


class Colour(enum.Enum):
    RED = "red"


class Item(BaseModel):
    name: str


class Page(BaseModel, Generic[T]):
    items: list[T]


class Child(Item):
    colour: Colour


@dataclass
class Point:
    x: int


class Options(TypedDict):
    a: int


class Pair(NamedTuple):
    a: int


@app.post("/scalars/{when}")
def scalars(
    when: datetime.date,
    a: int,
    b: Colour,
    c: Literal["x", "y"],
    d: uuid.UUID,
    e: decimal.Decimal,
    f: Optional[str],
    g: Any,
    h,
    i: UserId,
    j: EmailStr,
    k: HttpUrl,
    l: SecretStr,
    m: constr(max_length=5),
    n: conint(gt=0),
    o: bytes,
    p: int | float | None,
    q: AnyUrl | None = None,
    r: datetime.timedelta = datetime.timedelta(1),
    s="x",
): ...


@app.post("/complex")
def complex_(
    a: Item,
    b: list[int],
    c: Dict[str, int],
    d: Optional[Child],
    e: Page[Item],
    f: Point,
    g: Options,
    h: Set[str],
    i: Tuple[int, str],
    j: Sequence[int],
    k: conlist(int, min_length=1),
    l: list,
    m: dict | None = None,
    n: int | list[int] = 1,
    o: List[Item] = [],
): ...


@app.post("/pairs")
def pairs(pair: Pair): ...


@app.post("/files")
def files(a: UploadFile, b: list[UploadFile], c: UploadFile | None = None): ...
