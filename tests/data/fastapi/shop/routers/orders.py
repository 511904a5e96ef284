from fastapi import APIRouter

from ..core.deps import CurrentUser, Db
from ..core.schemas import OrderIn, OrderOut

router = APIRouter(prefix="/orders")


@router.post("", response_model=OrderOut, status_code=201)
def place(order: OrderIn, user: CurrentUser, db: Db): ...


@router.get("/{order_id}")
def show(order_id: int, db: Db, fields: str = "all"): ...
