from ..repositories import users as repository
from app.shared import *


class UserService:
    def __init__(self, session):
        self.session = session

    def by_name(self, name):
        return repository.by_name(self.session, normalise(name))

    def by_id(self, number):
        return repository.by_id(self.session, number)
