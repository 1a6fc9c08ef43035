"""Numbers of many places."""

# As phonenumbers gives them for examples of mobiles.
NUMBERS = {
    "Paris": "+33612345678",
    "La Réunion": "+262692123456",
    "Mayotte": "+262639012345",
    "Guadeloupe": "+590690001234",
    "Martinique": "+596696201234",
    "Nouméa": "+687751234",
    "London": "+447400123456",
    "New York": "+12125550123",
    "Montréal": "+15145550123",
    "Madrid": "+34612345678",
    "Berlin": "+4915123456789",
    "Zürich": "+41781234567",
    "Brussels": "+32470123456",
    "Luxembourg": "+352628123456",
    "Rome": "+393123456789",
    "Dublin": "+353850123456",
}
