from functools import lru_cache


class Settings:
    name: str = "shop"
    prefix: str = "/api/v2"


@lru_cache
def get_settings() -> Settings:
    return Settings()


settings = get_settings()
