"""For imports that are not changed yet."""

from holdfast.testing import until as until
