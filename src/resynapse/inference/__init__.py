"""What is not known: draws of the parameters and of trials, shared by simulation and, later, fitting."""
