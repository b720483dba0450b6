"""Pages of partners, supports and events; one file each."""
