class Settings:
    def __init__(self):
        self.title = source()
        self.fixed = "x"


SETTINGS = {"name": source()}
settings = Settings()
