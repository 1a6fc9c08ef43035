"""What is wrong with an installation and how to mend it; why texts have not left."""
