"""Scripts for those who look after the project: locks, bill of materials, licence notices, coverage, frozen check."""
