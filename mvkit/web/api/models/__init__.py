"""What is sent to the API and what it answers, as OpenAPI tells it.

For each noun there is what is asked (frozen, nothing unknown let in) and what is answered. Names
and units are those of the rest of the project; times are seconds since the epoch, amounts are US
dollars, and files are named by their path in the run.
"""
