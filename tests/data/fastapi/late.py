"""Names that are bound more than once, and routes that come after their router is included."""

from fastapi import APIRouter, FastAPI

try:
    from not_installed_anywhere import make_router
except ImportError:

    def make_router():
        return APIRouter(prefix="/fallback")


class Wrapper:
    def __init__(self, app, name: str) -> None:
        self.app = app
        self.routes = app.routes


router = APIRouter(prefix="/first")


@router.get("/a")
def handler(): ...


alias = router
router = make_router()


@router.get("/b")
def handler(x: int): ...


app = FastAPI()
app.include_router(alias)
app.include_router(router)
api = app


@alias.get("/c")
def late(): ...


@api.get("/d")
def d(): ...


app = Wrapper(app, name="wrapped")
