"""Pages of outlets: the register, decisions about status, capital needs."""
