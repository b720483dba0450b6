"""A browser that keeps a page and asks about it, as tests of short answers need it."""

import re
from typing import Any

from django.test import Client
from django.test.utils import CaptureQueriesContext

from kkmp.accounts.models import User

MASKED = re.compile(rb'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"\w+"')


class Browser:
    """Keeps the last page of the dashboard and asks about it."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        # The first visit gets the cookie that the page's token belongs to.
        self.client.get("/")
        self.visit()

    def visit(self, address: str = "/") -> None:
        self.page = self.client.get(address)
        assert self.page.status_code == 200

    @property
    def etag(self) -> str:
        return str(self.page["ETag"])

    def ask(self, address: str = "/", **headers: str) -> Any:
        return self.client.get(address, headers={"If-None-Match": self.etag, **headers})

    def is_told_the_truth(self) -> bool:
        """Whether the next answer is a whole page and the one that somebody without any page would get."""
        answer = self.ask()
        return answer.status_code == 200 and unmasked(answer) == unmasked(self.client.get("/"))


def unmasked(answer: Any) -> bytes:
    return MASKED.sub(rb"\1", answer.content)


def tables_in(queries: CaptureQueriesContext) -> set[str]:
    return {
        table
        for query in queries.captured_queries
        for table in re.findall(r'\b(?:FROM|JOIN) "(\w+)"', query["sql"])
    }
