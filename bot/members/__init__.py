"""The member's page: where one reads a text that cannot be answered by SMS, answers it, and says that one wants no more."""
