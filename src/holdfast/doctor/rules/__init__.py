"""All rules, in the order of their ids."""

from __future__ import annotations

from holdfast.doctor.rules import app, installed, processes, security, server

RULES = (*installed.RULES, *server.RULES, *processes.RULES, *app.RULES, *security.RULES)
