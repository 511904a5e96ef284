from pydantic import BaseModel


class Line(BaseModel):
    sku: str


class OrderIn(BaseModel):
    lines: list[Line]


class OrderOut(OrderIn):
    id: int


class Change(BaseModel):
    email: str | None = None
