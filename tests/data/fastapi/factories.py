"""Applications and routers made by functions."""

from fastapi import APIRouter, Depends, FastAPI

PREFIX = "/api"
VERSION = "v1"


def audit(reason: str = "none") -> str:
    return reason


def items_router(prefix: str = "/items") -> APIRouter:
    router = APIRouter(prefix=prefix, dependencies=[Depends(audit)])

    @router.get("/")
    def listing(page: int = 1): ...

    @router.get("/{item_id}")
    def one(item_id: int, verbose: bool = False): ...

    return router


def register(application: FastAPI, router: APIRouter, *, prefix: str = "") -> None:
    application.include_router(router, prefix=f"{PREFIX}/{VERSION}")


def add_health(target):
    @target.get("/health")
    def health(): ...


def create_app(debug: bool = False) -> FastAPI:
    api = FastAPI(debug=debug)
    register(api, items_router())
    add_health(api)
    nested = APIRouter(prefix="/nested")
    inner = APIRouter(prefix="/inner")

    @inner.put("/{key:path}")
    async def put(key: str, value: str): ...

    nested.include_router(inner, prefix="/middle", dependencies=[Depends(audit)])
    api.include_router(nested)
    return api


app = create_app()
