from fastapi import APIRouter
from shop.core import deps as d

router = APIRouter(prefix="/users")


@router.get("/me")
def me(user: d.CurrentUser): ...


@router.patch("/{user_id}")
def patch(user_id: int, change: d.schemas.Change, user: d.CurrentUser): ...
