"""How the answers of many become one: posteriors over labels, and who gave the votes that they rest on."""
