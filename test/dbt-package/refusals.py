"""What dbt says of arguments: reads [{"test", "column", "arguments"}] and writes one message for each, null if it parsed."""

import json
import os
import sys

import yaml
from dbt.cli.main import dbtRunner

project = sys.argv[1]
messages = []
for refusal in json.load(sys.stdin):
    test = {"dq_report." + refusal["test"]: {"arguments": refusal["arguments"]}}
    model = {"name": "nothing"}
    if refusal.get("column"):
        model["columns"] = [{"name": refusal["column"], "data_tests": [test]}]
    else:
        model["data_tests"] = [test]
    with open(os.path.join(project, "models", "nothing.yml"), "w") as file:
        yaml.safe_dump({"models": [model]}, file)
    result = dbtRunner().invoke(["parse", "--quiet", "--no-use-colors", "--project-dir", project, "--profiles-dir", project])
    messages.append(None if result.success else str(result.exception))
with open(os.path.join(project, "messages.json"), "w") as file:
    json.dump(messages, file)
