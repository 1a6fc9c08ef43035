"""What `make proof` runs beside coverage and mutants: kills, freezes, forgeries and floods, with a checker that keeps the books."""
