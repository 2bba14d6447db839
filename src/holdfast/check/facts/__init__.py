"""What is done with connections: the questions that several rules ask of code."""
