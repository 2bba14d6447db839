"""The registry of rules, one file each: what lies in this folder and has a RULE is one.

The first digit of a code is its theme: 0 the file itself, 1 handshake and closing, 2 noticing that
the client is gone, 3 registries and broadcast, 4 tasks and queues, 5 blocking and resources,
6 payload, 7 security, 9 misuse of Holdfast's own interface.
"""

import pkgutil
from importlib import import_module

from holdfast.check.rules.rule import Problem, Rule

# A list by hand would be one more place to forget, and the same for every rule.
MODULES = (import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__))

RULES: tuple[Rule, ...] = tuple(
    sorted((one.RULE for one in MODULES if hasattr(one, "RULE")), key=lambda rule: rule.code)
)

__all__ = ["RULES", "Problem", "Rule"]
