def by_name(session, name):
    text = f"select * from users where name = '{name}'"
    # ruleid: sql
    return query(text)


def by_id(session, number):
    # ok: sql
    return query(f"select * from users where id = {number}")
