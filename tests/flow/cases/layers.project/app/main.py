from app.services import UserService as Users
from .config import SETTINGS, settings
import app.config as configuration


def handler(session):
    users = Users(session)
    users.by_name(source())
    users.by_id(int(source()))


def reads_settings():
    # ruleid: sql
    query(SETTINGS["name"])
    # ruleid: sql
    query(settings.title)
    # ok: sql
    query(settings.fixed)
    # ruleid: sql
    query(configuration.SETTINGS["name"])
