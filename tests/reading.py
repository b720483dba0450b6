"""What tests read in a page."""

from bs4 import BeautifulSoup, Tag
from django.http import StreamingHttpResponse
from django.test import Client


def page_of(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return BeautifulSoup(response.content, "html.parser")


def file_of(client: Client, address: str) -> bytes:
    """The file that a list streams."""
    response = client.get(address)
    assert isinstance(response, StreamingHttpResponse), address
    return response.getvalue()


def lines_of(client: Client, address: str) -> list[str]:
    """Lines of a CSV file: the mark of sample data, the head, the rows."""
    return file_of(client, address).decode("utf-8-sig").splitlines()


def names_on(page: BeautifulSoup) -> list[str]:
    """The heading of each row of a list."""
    return [link.get_text() for link in page.select("tbody th > a")]


def number_at(page: Tag, attribute: str) -> int:
    """The number in `data-total` or the like, whatever element carries it."""
    [element] = page.select(f"[{attribute}]")
    return int(str(element[attribute]))


def total_of(page: BeautifulSoup) -> int:
    return number_at(page, "data-total")


def values_of(page: BeautifulSoup) -> dict[str, str]:
    """What the boxes and lists of the page's form hold; a list without a choice is left out."""
    boxes = {str(box["name"]): str(box.get("value", "")) for box in page.select("form.card input[name]")}
    chosen = {
        str(box["name"]): str(option["value"])
        for box in page.select("form.card select")
        for option in box.select("[selected]")
    }
    return {name: value for name, value in (boxes | chosen).items() if name != "csrfmiddlewaretoken"}


def errors_of(page: BeautifulSoup) -> dict[str, list[str]]:
    """The messages beside each field."""
    return {
        str(box["name"]): [item.get_text() for item in field.select(".errorlist li")]
        for field in page.select("form.card .field")
        for box in field.select("[name]")[:1]
        if field.select(".errorlist li")
    }


def text_of(page: Tag, selector: str) -> str:
    """The words of the one element that the selector finds."""
    [element] = page.select(selector)
    return element.get_text(" ", strip=True)
