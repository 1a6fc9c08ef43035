"""The Web API as the app calls it, one file for each family of methods."""
