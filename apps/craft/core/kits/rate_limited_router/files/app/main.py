"""Answers questions about __sheet__ sheets: lines of JSON in, lines of JSON out."""

from harness import clock, loop

from app.service import Service


def run(tasks):
    return clock.serve(tasks, Service().answer)


if __name__ == "__main__":
    loop.main(run)
