"""Visits."""
from typing import Any
def visit_list(request: Any) -> Any: ...
add = detail = edit = follow_up = take_away = bring_back = visit_list
