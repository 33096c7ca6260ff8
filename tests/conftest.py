"""What holds for every test."""

from hypothesis import settings

# A shared machine makes deadlines lie; a failure prints what is needed to run it again.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
