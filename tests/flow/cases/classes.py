from dataclasses import dataclass


class Base:
    def run(self, text):
        # ruleid: sql
        query(text)

    def overridden(self, text):
        # ok: sql
        query(text)


class Derived(Base):
    TABLE = "users"

    def __init__(self, name, other="x"):
        self.name = name
        self.other = other

    def overridden(self, text):
        # ruleid: sql
        query(text)

    def use(self):
        # ruleid: sql
        query(self.name)
        # ok: sql
        query(self.other)
        # ok: sql
        query(self.TABLE)

    @property
    def shout(self):
        return self.name.upper()

    @staticmethod
    def static(text):
        # ruleid: sql
        query(text)

    @classmethod
    def make(cls, name):
        return cls(name)

    def set_name(self, name):
        self.name = name


def construct():
    d = Derived(source())
    d.use()
    d.run(source())
    d.overridden(source())
    # ruleid: sql
    query(d.name)
    # ok: sql
    query(d.other)
    # ruleid: sql
    query(d.shout)
    Derived.static(source())


def clean_instance():
    d = Derived("x")
    # ok: sql
    query(d.name)
    d.set_name(source())
    # ruleid: sql
    query(d.name)


class Stateful:
    def receive(self):
        self.text = source()
        self.count = 1

    def use(self):
        # ruleid: sql
        query(self.text)
        # ok: sql
        query(self.count)


class Local:
    def within(self):
        self.x = source()
        # ruleid: sql
        query(self.x)
        self.x = "y"
        # ok: sql
        query(self.x)


@dataclass
class Record:
    name: str
    kind: str


def records():
    r = Record(name=source(), kind="x")
    # ruleid: sql
    query(r.name)
    # ok: sql
    query(r.kind)
    s = Record(source(), "x")
    # ruleid: sql
    query(s.name)


class Repository:
    def __init__(self, db):
        self.db = db

    def find(self, name):
        # ruleid: sql
        return query("select " + name)


class Service:
    def __init__(self, repository: Repository):
        self.repository = repository

    def find(self, name):
        return self.repository.find(name)


def layers():
    service = Service(Repository(None))
    service.find(source())


class Chained:
    def __init__(self):
        self.parts = []

    def add(self, part):
        self.parts.append(part)
        return self

    def done(self):
        # ruleid: sql
        query(" ".join(self.parts))


def chained():
    c = Chained()
    c.add(source())
    c.done()


class Super(Base):
    def run(self, text):
        super().run(text)


def calls_super():
    Super().run(source())


def attributes():
    o = make()
    o.a = source()
    o.b = "x"
    # ruleid: sql
    query(o.a)
    # ok: sql
    query(o.b)
