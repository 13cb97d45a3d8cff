"""What this format is called, in routes, channels and everywhere else."""

NAME = "openai_responses"
