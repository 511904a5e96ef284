import shop.core.deps
import shop.core.schemas as schemas
from fastapi import APIRouter, Depends

router = APIRouter()


@router.put("/{cart_id}")
def update(cart_id: str, lines: list[schemas.Line], user=Depends(shop.core.deps.current_user)): ...
