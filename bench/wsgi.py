"""The application as it is served, with the addresses for measuring and a count of queries for who asks for it."""

from typing import Any

from django.conf import settings
from django.db import connection

settings.ROOT_URLCONF = "bench.pages"
settings.MIDDLEWARE = ["bench.wsgi.count_queries", *settings.MIDDLEWARE]


def count_queries(get_response: Any) -> Any:
    """Tell in a header how many queries the answer took; costs the others one look at a header."""

    def middleware(request: Any) -> Any:
        if "X-Bench-Count" not in request.headers:
            return get_response(request)
        seen: list[str] = []

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  as Django calls it
            seen.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            response = get_response(request)
        response["X-Bench-Queries"] = str(len(seen))
        return response

    return middleware


from kkmp.wsgi import application  # noqa: E402, F401  reads the settings changed above
