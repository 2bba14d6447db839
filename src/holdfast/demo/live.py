"""The demo's one ``Holdfast``: the parts register on it, ``app`` installs it."""

from holdfast import Holdfast

hf = Holdfast()
