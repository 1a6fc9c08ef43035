"""The tests, and the rows, fakes and servers they share."""
