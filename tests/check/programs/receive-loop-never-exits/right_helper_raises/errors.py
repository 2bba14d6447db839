from typing import NoReturn


def give_up(error: Exception) -> NoReturn:
    print("ended")
    raise error
