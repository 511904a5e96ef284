# What the rules of applied.yaml are tried on. It is parsed, never run.
import hashlib
import os
import re
import sqlite3
import subprocess as sp
from subprocess import run, Popen as Start
from typing import Optional

import requests
import yaml
from flask import Flask, request, redirect
from jinja2 import Environment

app = Flask(__name__)
TABLE = "users"
TIMEOUT = 30
URL = "http://internal.example/"
db = sqlite3.connect("a.db")


@app.route("/find")
def find():
    name = request.args.get("name")
    query = "SELECT * FROM users WHERE name = '" + name + "'"
    db.execute(query)
    db.execute("SELECT 1")
    db.execute("SELECT * FROM " + TABLE)
    db.execute("SELECT * FROM users WHERE name = '%s'" % name)
    db.execute(f"SELECT * FROM users WHERE name = '{name}'")
    db.execute("SELECT * FROM users WHERE name = ?", (name,))
    return redirect(request.args["next"])


@app.route("/run", methods=["POST"])
def execute(cmd: str, count: int = 3):
    os.system("ls " + cmd)
    os.system("ls")
    run(cmd, shell=True)
    run(cmd, shell=False)
    run(["ls", cmd])
    sp.call(cmd, shell=True, timeout=TIMEOUT)
    sp.check_output(["sh", "-c", cmd])
    Start(args=cmd, shell=True)
    for i in range(count):
        sp.run("echo %d" % i, shell=True)
    return "done"


def load(stream, path):
    yaml.load(stream)
    yaml.load(stream, Loader=yaml.Loader)
    yaml.load(stream, Loader=yaml.SafeLoader)
    yaml.safe_load(stream)
    with open(path) as handle:
        first = yaml.load(handle, yaml.FullLoader)
    handle = open(path, "w")
    handle.write(first)
    handle.close()
    other = open(path)
    return other.read()


class Client:
    base = "https://api.example"
    token = "abcdef123456"

    def __init__(self, verify=True, timeout: Optional[int] = None):
        self.session = requests.Session()
        self.session.verify = False
        self.timeout = timeout

    def get(self, path):
        requests.get(self.base + path, verify=False)
        requests.get(self.base + path, verify=True, timeout=5)
        requests.get(URL, timeout=None)
        requests.post(URL, json={"a": 1, "verify": False}, headers={"X-A": "1"})
        return self.session.get(path, timeout=600)

    async def fetch(self, http):
        async with http.get(URL) as answer:
            return await answer.json()

    @property
    def digest(self):
        h = hashlib.md5()
        h.update(b"x")
        return hashlib.new("sha1", b"x").hexdigest()


class Admin(Client):
    def get(self, path):
        if not self.allowed(path):
            raise PermissionError(path)
        return super().get(path)


def numbers(a, b):
    if a == a:
        pass
    if a != None:
        return a
    if a is None or b is None:
        return b
    x = 1024
    os.chmod("f", 0o777)
    os.chmod("f", 0o600)
    port(80)
    port(8080)
    port(x)
    assert a > 0
    return [n * 2 for n in b if n]


def patterns(text):
    re.compile("^[a-z]+$")
    re.compile(r"(a+)+$")
    re.match("http://.*", text)
    Environment(autoescape=False)
    Environment(autoescape=True)
    Environment()
    print("debug", text)
    print(text)
    try:
        exec(text)
    except Exception:
        pass
    try:
        eval(text)
    except (ValueError, TypeError) as error:
        print(error)
    finally:
        print("end")


def unused(a, *args, key=None, **more):
    global TABLE
    TABLE = "x"
    del a
    yield args
    lambda q: q + 1
    password = "hunter2"
    passwd: str = "hunter3"
    config = {"password": "p", "user": "u", **more}
    config["password"] = "z"
    return config
