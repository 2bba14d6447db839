"""The static checker: finds WebSocket mistakes in Python code without running it.

Standard library only, so that it starts at once and runs anywhere: in an editor, in a hook, without
the packages of the code that it looks at.
"""
