"""How many queries a page's header asks to count what waits for a person, by role: for tests that count a page's own.

Outside of tests the number is kept until something changes; inside a test's transaction nothing is.
"""

OFFICER, SUDIN, LEADER, ADMIN = 7, 12, 19, 4
# Nothing is asked about months where there is no cooperative to ask for.
SUDIN_WHERE_OFFICERS_KEEP_ALL, OFFICER_WITHOUT_AREA = 10, 5
