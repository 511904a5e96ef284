# What the rules of applied-web.yaml are tried on. It is parsed, never run.
from __future__ import annotations

import base64
import json
import logging
import pickle
import random
import secrets
import tempfile
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.orm import Session

logger = logging.getLogger(__name__)
app = FastAPI(debug=True, title="shop")
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
SECRET = "change-me"
ALGORITHMS = ["HS256"]
LIMITS = {"items": 10, "pages": 3}


class Item(BaseModel):
    name: str
    price: float = Field(gt=0)
    tags: list[str] = []

    class Config:
        extra = "allow"


def get_db():
    session = make()
    try:
        yield session
    finally:
        session.close()


@app.get("/items/{item_id}")
async def read_item(item_id: int, q: str = Query(None), db: Session = Depends(get_db)):
    logger.info("reading %s", item_id)
    logger.info(f"reading {q}")
    rows = db.execute(text("SELECT * FROM items WHERE name = '%s'" % q))
    rows = db.execute(text("SELECT * FROM items WHERE id = :id"), {"id": item_id})
    if not rows:
        raise HTTPException(status_code=404, detail="not found")
    return {"rows": rows, "q": q}


@app.post("/items", status_code=201)
def create_item(item: Item, db: Session = Depends(get_db)):
    data = item.dict()
    data["owner"] = 1
    db.add(data)
    db.commit()
    for tag in item.tags:
        db.add(tag)
    return data


@app.delete("/items/{item_id}", dependencies=[Depends(admin)])
def delete_item(item_id: int):
    return remove(item_id)


def tokens(user, key):
    token = jwt.encode({"sub": user, "exp": datetime.utcnow() + timedelta(hours=24)}, SECRET, algorithm="HS256")
    claims = jwt.decode(token, SECRET, algorithms=ALGORITHMS)
    weak = jwt.decode(token, key, algorithms=["HS256", "none"], options={"verify_signature": False})
    number = random.randint(0, 9999)
    better = secrets.token_urlsafe(32)
    short = secrets.token_hex(4)
    return token, claims, weak, number, better, short


def load(raw, name):
    first = pickle.loads(base64.b64decode(raw))
    second = json.loads(raw)
    path = tempfile.mktemp()
    with tempfile.NamedTemporaryFile(delete=False) as handle, open(path) as other:
        handle.write(other.read())
    target = Path("/srv") / name
    if ".." in name:
        return None
    elif name.startswith("/"):
        return None
    else:
        content = target.read_text()
    page = urllib.request.urlopen("http://" + name, timeout=10)
    while page:
        page = page.read(1024)
    values = [int(v) for v in content.split(",") if v.isdigit()]
    table = {k: v for k, v in zip(content, values)}
    squares = {v * v for v in values}
    return first, second, table, squares, content[0], content[1:5], values[-1]


def check(password, stored, user=None, *, strict=False):
    if password == stored:
        return True
    if user is not None and user.is_admin:
        return True
    if strict or password in ("admin", "root"):
        return False
    try:
        value = int(password)
    except ValueError:
        value = 0
    except (TypeError, OverflowError):
        raise
    else:
        logger.debug("value %d", value)
    ok = True if value else False
    count = value if value > 3 else LIMITS["items"]
    count += 1
    print("%s: %s" % (user, password))
    print("{}: {}".format(user, count))
    assert isinstance(value, int)
    return not ok


def main():
    import uvicorn
    uvicorn.run(app, host="0.0.0.0", port=8000, reload=True)
    uvicorn.run("app:app", host="127.0.0.1")


if __name__ == "__main__":
    main()
