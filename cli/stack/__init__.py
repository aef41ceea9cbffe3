"""The whole system on one machine: which processes it is made of, and who looks after them."""
