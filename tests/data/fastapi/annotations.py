"""Annotated in all its forms."""

from typing import Annotated, Optional, Union

from fastapi import Body, Cookie, Depends, FastAPI, File, Form, Header, Path, Query, Request, Response, UploadFile
from fastapi import BackgroundTasks as Later
from fastapi import Depends as Needs
from fastapi.security import SecurityScopes
from pydantic import BaseModel, Field, StringConstraints

app = FastAPI()


class Filters(BaseModel):
    q: str = ""
    limit: int = Field(10, le=100)


class Credentials(BaseModel):
    name: str
    password: str


def session():
    yield 1


Session = Annotated[int, Depends(session)]
Page = Annotated[int, Query(ge=1)]
Name = Annotated[str, StringConstraints(max_length=20)]
Both = Annotated[Name, Header(alias="X-Name")]


def user(db: Session, authorization: Annotated[str | None, Header()] = None) -> str: ...


User = Annotated[str, Needs(user)]
Maybe = Annotated[Optional[str], Depends(user)]


@app.get("/pages/{number}")
def pages(number: Annotated[int, Path(gt=0)], page: Page = 1, name: Name = "x", user: User = "", db: Session = 0): ...


@app.get("/headers")
def headers(
    user_agent: Annotated[str, Header()],
    x_raw: Annotated[str, Header(convert_underscores=False)],
    named: Both,
    crumb: Annotated[str | None, Cookie()] = None,
): ...


@app.get("/model")
def model(filters: Annotated[Filters, Query()], maybe: Maybe = None): ...


@app.post("/forms")
def forms(data: Annotated[Credentials, Form()]): ...


@app.post("/fields")
def fields(name: Annotated[str, Form()], photo: Annotated[UploadFile, File()], raw: bytes = File(b"")): ...


@app.put("/bodies/{key}")
def bodies(
    key: str,
    request: Request,
    response: Response,
    later: Later,
    item: Filters,
    other: Credentials | None = None,
    weight: Annotated[float, Body()] = 1,
    either: Union[Filters, Credentials, None] = None,
): ...


def scoped(scopes: SecurityScopes, http: "Request") -> "User": ...


@app.get("/quoted")
def quoted(user: "User", q: "Optional[str]" = None, s=Depends(scoped)): ...
