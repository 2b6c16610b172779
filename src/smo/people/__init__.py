"""Who works here: accounts, persons, roles and the grants that say what each may do."""
