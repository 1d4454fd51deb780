"""How sure each number is: the run perturbed within its own errors and measured again."""
