"""Delivering again what was given up: dead letters of the queues, pieces of the table's stream."""
