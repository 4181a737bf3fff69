# SPDX-License-Identifier: Apache-2.0
# One large buffer, allocated through functions of all kinds: tests know each line of this file.
import functools
import threading

kept = []


def leaf(count):
    return bytearray(count)


class Größe:
    def __init__(self, count):
        self.bytes = (
            leaf(
                count))

    @staticmethod
    def fill(count):
        return Größe(count)


def generate(count):
    yield Größe.fill(count)


def main():
    by_c = functools.reduce(lambda _, n: next(generate(n)), [0, 20 << 20])
    kept.append(by_c)


thread = threading.Thread(target=main)
thread.start()
thread.join()
