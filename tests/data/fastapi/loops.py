"""Registrations in loops over what is written out."""

from enum import Enum

from fastapi import APIRouter, FastAPI


class Action(str, Enum):
    CHAT = "chat"
    EMBED = "embed"


PATHS = {Action.CHAT: "/chat/{model}", Action.EMBED: "/embed/{model}"}
first = APIRouter()
second = APIRouter(prefix="/second")
third = APIRouter()


@first.post(PATHS[Action.CHAT])
def chat(model: str, text: str): ...


@second.post(PATHS[Action.EMBED])
def embed(model: str, text: str): ...


@third.get("/third")
def last(): ...


def prefixes() -> tuple[str, ...]:
    return ("/api", "/ajax")


app = FastAPI()
for router in [first, second]:
    app.include_router(router)
for router, prefix in [(first, "/one"), (third, "/three")]:
    app.include_router(router, prefix=prefix)
for prefix in prefixes():
    app.include_router(third, prefix=prefix)
for path, owner in {"/x": first, "/y": second}.items():
    app.include_router(owner, prefix=path)
