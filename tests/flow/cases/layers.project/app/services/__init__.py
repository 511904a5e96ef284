from .users import UserService
