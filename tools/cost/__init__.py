"""What a stage costs in dollars, from measured quantities and list prices: writes docs/COST.md."""
