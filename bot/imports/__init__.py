"""Files of people: read in bounded memory, understood row by row, compared with who is known, and stored whole or not at all."""
