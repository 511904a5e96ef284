from fastapi import FastAPI

from shop import routers as r
from shop.routers import *
from shop.routers import carts, orders_router

from .core import deps
from .core.settings import settings

app = FastAPI(title=settings.name, openapi_url=f"{settings.prefix}/openapi.json")
app.include_router(orders_router, prefix=settings.prefix)
app.include_router(carts.router, prefix=settings.prefix + "/carts", dependencies=deps.PROTECTED)
app.include_router(users, prefix=settings.prefix)
app.include_router(r.users, prefix="/again")
