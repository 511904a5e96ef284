"""Routes that are methods of objects."""

from dataclasses import dataclass, field

from fastapi import APIRouter, Depends, FastAPI, Header


def tenant(x_tenant: str = Header()) -> str:
    return x_tenant


class Controller:
    def __init__(self, name: str) -> None:
        self.name = name
        self.router = APIRouter(prefix="/things", tags=["things"])
        self.router.add_api_route("/", self.listing, methods=["GET"])
        self.router.add_api_route("/{thing_id}", self.change, methods=["PUT", "PATCH"], dependencies=[Depends(tenant)])

    def listing(self, limit: int = 10): ...

    async def change(self, thing_id: int, title: str, owner: str = Depends(tenant)): ...


@dataclass
class Catalogue:
    router: APIRouter = field(default_factory=APIRouter)

    def __post_init__(self) -> None:
        @self.router.get("/catalogue")
        def catalogue(q: str | None = None): ...

        @self.router.delete("/catalogue/{key}", status_code=204)
        def remove(key: str): ...


class Server:
    def __init__(self) -> None:
        self.app = FastAPI()
        self.app.include_router(Controller("a").router, prefix="/v1")
        self.app.get("/version")(self.version)

    def version(self): ...


catalogue = Catalogue()
server = Server()
server.app.include_router(catalogue.router)
app = server.app
