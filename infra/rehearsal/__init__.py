"""The whole deployment on one machine: deploying to an emulator, living the story there, taking it away."""
