"""Any number of labels out of a list, written `a|b`."""
