"""Applications in applications, and Starlette's own routes."""

from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket
from fastapi.responses import PlainTextResponse
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute


def guard(key: str): ...


async def page(request: Request): ...


async def talk(socket: WebSocket): ...


class Own(APIRouter):
    pass


admin = FastAPI(dependencies=[Depends(guard)])
deep = FastAPI()
site = Starlette(
    routes=[
        Route("/", page),
        Route("/post", endpoint=page, methods=["POST", "PUT"]),
        Mount("/docs", routes=[Route("/{name}", page), WebSocketRoute("/talk", talk)]),
        Mount("/deep", app=deep),
    ]
)
own = Own(prefix="/own")
app = FastAPI(dependencies=[Depends(guard)], docs_url=None)


@admin.get("/users")
def users(): ...


@deep.get("/bottom")
def bottom(): ...


@own.api_route("/any", methods=["GET", "POST"])
def anything(): ...


@own.head("/head")
@own.options("/options")
def meta(): ...


@app.trace("/trace", include_in_schema=False)
def trace(): ...


admin.mount("/deeper", deep)
app.mount("/admin", admin)
app.mount("/site/", site)
app.include_router(own)
app.add_route("/plain", page)
app.add_api_websocket_route("/old", talk)
