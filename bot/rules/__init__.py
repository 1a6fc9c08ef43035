"""Decisions only: plain values in, a value or a reason out; no I/O, no clock, no await."""
