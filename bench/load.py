"""Requests over kept connections with the standard library: sign in, ask once, ask for a while from several threads."""

import http.client
import itertools
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

TIMEOUT = 60


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: dict[str, str]


@dataclass
class Visitor:
    """Somebody with cookies at a server on this machine."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)

    @property
    def headers(self) -> dict[str, str]:
        if not self.cookies:
            return {}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def ask(
        self, path: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own; cookies are kept."""
        connection = self.connect()
        sent = {**self.headers, **(headers or {})}
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        body_sent = None if form is None else urlencode(form)
        connection.request("GET" if form is None else "POST", path, body_sent, sent)
        response = connection.getresponse()
        body = response.read()
        set_cookies = response.headers.get_all("Set-Cookie") or []
        fresh = dict(line.partition(";")[0].split("=", 1) for line in set_cookies)
        self.cookies.update(fresh)
        connection.close()
        return Answer(response.status, dict(response.headers), body, fresh)

    def sign_in(self, username: str, password: str) -> None:
        page = self.ask("/accounts/login/").body.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if token is None:
            raise RuntimeError("The sign-in page has no form.")
        form = {"csrfmiddlewaretoken": token[1], "login": username, "password": password}
        if "sessionid" not in self.ask("/accounts/login/", form=form).cookies:
            raise RuntimeError(f"{username} cannot sign in.")


@dataclass(frozen=True)
class Case:
    """One thing measured; `paths` are asked in turn."""

    name: str
    visitor: Visitor
    paths: tuple[str, ...]
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def run(case: Case, *, seconds: float, threads: int) -> tuple[int, float]:
    """How many answers in how many seconds, from several connections at once; another status than the expected one ends the run."""
    counts = [0] * threads
    failures: list[str] = []
    paths = _shared(itertools.cycle(case.paths))
    start = time.perf_counter()

    def work(number: int) -> None:
        connection = case.visitor.connect()
        headers = {**case.visitor.headers, **dict(case.headers)}
        while time.perf_counter() - start < seconds and not failures:
            path = next(paths)
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
            if response.status != case.status:
                failures.append(f"{case.name}: {path} answered {response.status}, not {case.status}.")
            counts[number] += 1
        connection.close()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise RuntimeError(failures[0])
    return sum(counts), time.perf_counter() - start


def _shared(paths: Iterable[str]) -> Iterator[str]:
    """One iterator for several threads."""
    lock, iterator = threading.Lock(), iter(paths)
    while True:
        with lock:
            yield next(iterator)
