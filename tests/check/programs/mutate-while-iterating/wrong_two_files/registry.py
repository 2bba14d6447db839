sessions = {}


def forget(key):
    if key in sessions:
        del sessions[key]
