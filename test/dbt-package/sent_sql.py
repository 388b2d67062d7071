"""
What dbt would send to warehouses that are not there: `sent_sql.py PROJECT` reads {"targets", "vars"}, runs all tests of
the project on each target, and writes PROJECT/sent.json: {target: {"sent": [{"test", "sql"}], "errors": [message]}}.

dbt, its adapters and their macros are the real ones. Only the connection is none: whatever is asked, the answer is 7.
"""

import json
import os
import sys
import types
from unittest.mock import MagicMock

import agate
from dbt.adapters import factory
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.cli.main import dbtRunner
from dbt.task.runnable import GraphRunnableTask
from dbt_common.events.contextvars import get_node_info

# The one connection of dbt-spark that needs nothing else is also never used.
sys.modules.setdefault("pyspark", types.ModuleType("pyspark"))

sent = []


def execute(self, sql, auto_begin=False, fetch=False, limit=None, **_):
    sent.append({"test": get_node_info().get("node_name", ""), "sql": sql})
    if "should_error" in sql:
        return AdapterResponse("OK"), agate.Table([[7, 1, 1]], ["failures", "should_warn", "should_error"])
    # Numbers and keys, as many as any query asks for.
    return AdapterResponse("OK"), agate.Table([["7"] * 100], [str(column) for column in range(100)], [agate.Text()] * 100)


def open_nothing(connection):
    connection.state = "open"
    connection.handle = MagicMock()
    return connection


project = sys.argv[1]
asked = json.load(sys.stdin)
GraphRunnableTask.create_schemas = lambda *_: None
written = {}
for target in asked["targets"]:
    sent.clear()
    factory.reset_adapters()
    factory.load_plugin(target)
    adapter = factory.get_adapter_class_by_name(target)
    adapter.execute = execute
    adapter.list_relations_without_caching = lambda *_, **__: []
    adapter.ConnectionManager.open = staticmethod(open_nothing)
    options = ["--quiet", "--no-populate-cache", "--no-partial-parse", "--no-use-colors"]
    places = ["--project-dir", project, "--profiles-dir", project, "--target", target]
    ran = dbtRunner().invoke(["test", *options, *places, "--vars", json.dumps(asked["vars"])])
    errors = [str(ran.exception)] if ran.exception else []
    if ran.result:
        errors += [f"{result.node.name}: {result.message}" for result in ran.result if result.status == "error"]
    written[target] = {"sent": list(sent), "errors": errors}
with open(os.path.join(project, "sent.json"), "w") as file:
    json.dump(written, file)
