from . import carts
from .orders import router as orders_router
from .people import router as users

__all__ = ["carts", "orders_router", "users"]
