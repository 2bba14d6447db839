"""For imports that are not changed yet."""

from holdfast.testing import Peer as Peer
from holdfast.testing import peer as peer
