"""The demo: one page that shows this machine live, with a chat that a stuck client cannot stop."""
