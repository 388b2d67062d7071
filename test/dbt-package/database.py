"""What the tests of the dbt package need of a database: `database.py duckdb|postgres|snowflake create|drop|run|select|is-there`."""

import contextlib
import json
import os
import sys

engine, action = sys.argv[1], sys.argv[2]
emulator = contextlib.ExitStack()


def connect(database):
    if engine == "duckdb":
        import duckdb

        return duckdb.connect(os.environ["DUCKDB_PATH"])
    if engine == "snowflake":
        import fakesnow
        import snowflake.connector

        # Until this script ends.
        emulator.enter_context(fakesnow.patch(db_path=os.environ["SNOWFLAKE_PATH"]))
        return snowflake.connector.connect(database="dq_report", schema="tests")
    import psycopg2

    connection = psycopg2.connect(host="127.0.0.1", port=5432, user="postgres", dbname=database, connect_timeout=3)
    connection.autocommit = True
    return connection


def rows_of(cursor, statement):
    cursor.execute(statement)
    rows = [[str(value) for value in row] for row in cursor.fetchall()]
    return [[column[0] for column in cursor.description], *sorted(rows)]


if action in ("create", "drop", "is-there"):
    if engine == "snowflake" and action == "create":
        os.mkdir(os.environ["SNOWFLAKE_PATH"])
    if engine == "postgres":
        cursor = connect("postgres").cursor()
        if action == "is-there":
            cursor.execute("select 1")
        else:
            name = os.environ["POSTGRES_DATABASE"]
            cursor.execute(f"drop database if exists {name}")
            if action == "create":
                cursor.execute(f"create database {name}")
    print("[]")
else:
    cursor = connect(os.environ.get("POSTGRES_DATABASE")).cursor()
    statements = json.load(sys.stdin)["statements"]
    if action == "run":
        for statement in statements:
            cursor.execute(statement)
        print("[]")
    else:
        print(json.dumps([rows_of(cursor, statement) for statement in statements]))
