"""What can be depended on."""

import functools
from dataclasses import dataclass
from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Form, HTTPException, Query, Request, Security, WebSocket
from fastapi.security import APIKeyHeader, HTTPBasic, HTTPBearer, OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel

oauth2 = OAuth2PasswordBearer(tokenUrl="/token", scopes={"read": "Read"})
optional = HTTPBearer(auto_error=False)
api_key = APIKeyHeader(name="X-Key")


class Paging:
    def __init__(self, page: int = 1, size: int = Query(20, le=100)) -> None:
        self.page, self.size = page, size


class Plain:
    pass


@dataclass
class Window:
    start: str
    end: str = ""


class Sorting(BaseModel):
    key: str = "id"
    down: bool = False


class Checker:
    def __init__(self, role: str) -> None:
        self.role = role

    def __call__(self, crumb: str = Cookie(""), token: str = Depends(oauth2)) -> bool:
        if not crumb:
            raise HTTPException(403)
        return True

    def method(self, hint: str = "") -> str:
        return hint

    @staticmethod
    def helper(extra: int = 0) -> int:
        return extra


class Strict(HTTPBearer):
    async def __call__(self, request: Request, more: str = ""): ...


def require(role: str):
    def check(token: Annotated[str, Depends(oauth2)], strict: bool = True) -> str:
        return role

    return check


def needs(role: str):
    return Depends(require(role))


def limit(maximum: int = 200):
    def get_limit(limit: int = 100) -> int:
        return min(limit, maximum)

    return Depends(get_limit)


def base(item_id: int, q: str = "") -> str:
    return q


def middle(b: str = Depends(base), p: Paging = Depends()) -> str:
    return b


@functools.lru_cache
def settings(): ...


checker = Checker("admin")
guarded = [Depends(checker), Security(require("x"), scopes=["read"])]
app = FastAPI(dependencies=[Depends(settings)])


@app.get("/classes")
def classes(a: Paging = Depends(), b: Annotated[Window, Depends()] = None, c: Sorting = Depends(), d: Plain = Depends(Plain)): ...


@app.get("/objects", dependencies=guarded)
def objects(m: str = Depends(checker.method), s: int = Depends(Checker.helper)): ...


@app.get("/tree/{item_id}")
def tree(item_id: int, m: str = Depends(middle), role: str = needs("editor"), most: int = limit()): ...


@app.get("/schemes", dependencies=[Depends(api_key), Depends(optional)])
def schemes(basic=Depends(HTTPBasic()), strict=Depends(Strict()), anonymous=Depends(lambda flag="": flag)): ...


@app.post("/token")
def token(form: OAuth2PasswordRequestForm = Depends(), otp: str = Form("")): ...


@app.websocket("/ws/{room}")
async def ws(socket: WebSocket, room: str, token: str = Query(...), ok=Depends(checker)): ...
