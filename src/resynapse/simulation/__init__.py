"""From a course and people to outcomes: the plan compiled, nine exposures, own kinetics, people's algebra."""
