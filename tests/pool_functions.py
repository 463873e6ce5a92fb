"""Functions that tests hand to other processes, which import them by name."""

import os
import signal
import time
from pathlib import Path

from kg.errors import InputError, Place, Problem


def double(number):
    return 2 * number


def add(shared, number):
    return shared + number


def size_of(shared, content):
    return len(shared), len(content)


def enlarge(number):
    return bytes([number]) * 20_000_000


def slow_first(number):
    time.sleep(0.3 if number == 0 else 0)
    return number


def own_pid(_):
    time.sleep(0.05)
    return os.getpid()


def refuse(number):
    if number == 3:
        raise InputError([Problem(Place("a.yaml", 3), "is odd")])
    return number


def stumble(number):
    return 1 // number


class UnportableError(Exception):
    def __init__(self, one, other):
        super().__init__(one + other)


def raise_unportable(_):
    raise UnportableError("two ", "words")


def give_unportable(_):
    return lambda: None


def print_loudly(number):
    print("not an answer")
    os.write(1, b"not an answer either\n")
    return number


def die_once(folder, number):
    """Kill this process over each third item, but only over its first attempt."""
    mark = Path(folder) / str(number)
    if number % 3 == 0 and not mark.exists():
        mark.touch()
        time.sleep(0.5)  # see `die_late_at_seven`
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def die_at_seven(number):
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_late_at_seven(number):
    """The same, for nannies: they give up a worker that dies while they still look at its start."""
    if number == 7:
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def wait_with_pid(folder, number):
    (Path(folder) / f"{os.getpid()}.pid").touch()
    time.sleep(60)
    return number


def send_interrupt(number):
    os.kill(os.getpid(), signal.SIGINT)
    return number
