"""Tests of what is pure: no I/O, no clock."""
