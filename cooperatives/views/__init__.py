"""Pages of a cooperative: its profile, its papers, its board. The list and the page of one live in kkmp.pages."""
