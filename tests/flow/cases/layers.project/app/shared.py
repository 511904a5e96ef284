def normalise(text):
    return text.strip().lower()


LIMITS = {"a": 1}
