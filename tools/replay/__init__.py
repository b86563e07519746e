"""`make replay`: real ballots and real orders through the HTTP API, and afterwards an account in which every figure is
found three times: in the input file, in the API's answers, and in the stored items."""
