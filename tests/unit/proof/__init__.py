"""The checker of the proofs, with ledgers made by hand."""
