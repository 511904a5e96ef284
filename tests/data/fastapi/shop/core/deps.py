from typing import Annotated

from fastapi import Depends, Header, HTTPException

from . import schemas


def db():
    yield object()


Db = Annotated[object, Depends(db)]


def current_user(database: Db, authorization: str = Header()):
    if not authorization:
        raise HTTPException(401)
    return authorization


CurrentUser = Annotated[str, Depends(current_user)]
PROTECTED = [Depends(current_user)]
