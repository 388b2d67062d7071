"""Rows read from tables by all queries of each test: `rows_scanned.py DATABASE LOG`, the log in dbt's JSON format."""

import collections
import json
import os
import sys
import tempfile

import duckdb

connection = duckdb.connect(sys.argv[1], read_only=True)
profile = os.path.join(tempfile.mkdtemp(), "profile.json")
connection.execute("set enable_profiling = 'json'")
connection.execute(f"set profile_output = '{profile}'")


def scanned(operator):
    return operator.get("rows_scanned", 0) + sum(map(scanned, operator.get("children", [])))


queries = collections.defaultdict(dict)
with open(sys.argv[2]) as log:
    for line in log:
        event = json.loads(line)
        test = event["data"].get("node_info", {}).get("unique_id", "")
        if event["info"]["name"] == "SQLQuery" and test.startswith("test."):
            sql = event["data"]["sql"]
            # Of several rounds the log has the same queries again, but for their evidence.
            queries[test][sql.split("/* dq_report:")[0]] = sql
rows = collections.Counter()
for test, statements in queries.items():
    for sql in statements.values():
        # dbt puts a comment before each.
        if sql.split("*/", 1)[-1].strip().lower() in ("begin", "commit", "rollback"):
            continue
        connection.execute(sql).fetchall()
        with open(profile) as file:
            rows[test] += sum(map(scanned, json.load(file)["operator"]))
print(json.dumps(rows))
