"""
Whether queries are written in the SQL of a warehouse: `parse_sql.py` reads {"queries": [{"dialect", "sql", "literal"}],
"columns": [[schema, table, column, type of DuckDB]]} and prints for each query what is wrong with it, or null.

- sqlglot parses it, and writes it anew in the same dialect. Its parser takes the words of most dialects in any; a word
  that it then writes otherwise is foreign, and so is a function that it does not know. One literal must mean the text
  `literal`, unless that is null.
- ZetaSQL, the analyzer of BigQuery itself, resolves every name, type and function of it.
"""

import collections
import functools
import json
import re
import sys

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError
from zetasql import types as zetasql
from zetasql.api import TableBuilder
from zetasql.core.exceptions import ZetaSQLError
from zetasql.core.local_service import ZetaSqlLocalService

WORD = re.compile(r"[^\W\d]\w*|::")

# Names that all five have for types, whichever they or sqlglot prefer.
TYPES = {"BIGINT", "BOOLEAN", "INT", "INTEGER", "NUMERIC"}

# What else a warehouse knows, though sqlglot does not or prefers others.
KNOWN = {
    "snowflake": {"TEXT", "TIMESTAMP_NTZ"},
    "bigquery": set(),
    "redshift": {"TEXT"},
    "databricks": {"TIMESTAMPADD"},
    "spark": {"ASSERT_TRUE", "TIMESTAMPADD", "TO_TIMESTAMP", "TO_UNIX_TIMESTAMP"},
}


def words_of(sql, dialect):
    tokens = sqlglot.tokenize(sql, dialect=dialect)
    texts = [token.text.upper() for token in tokens if token.token_type.name not in ("STRING", "NUMBER", "IDENTIFIER")]
    return collections.Counter(text for text in texts if WORD.fullmatch(text))


def syntax_problem(sql, dialect, literal):
    try:
        trees = sqlglot.parse(sql, dialect=dialect, error_level=ErrorLevel.RAISE)
        if len(trees) != 1 or not isinstance(trees[0], exp.Query):
            return "This is not one query."
        if trees[0].find(exp.Command):
            return "A part was not understood."
        again = trees[0].sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        return str(error)
    texts = {found.this for found in trees[0].find_all(exp.Literal) if found.is_string}
    if literal is not None and literal not in texts:
        return f"No literal is {literal}"
    rewritten = set(words_of(sql, dialect) - words_of(again, dialect))
    unknown = {function.name.upper() for function in trees[0].find_all(exp.Anonymous)}
    foreign = (rewritten | unknown) - TYPES - KNOWN[dialect]
    return f"Foreign: {', '.join(sorted(foreign))}" if foreign else None


def catalog_of(columns, timestamp):
    kinds = {
        "VARCHAR": zetasql.TypeKind.TYPE_STRING,
        "INTEGER": zetasql.TypeKind.TYPE_INT64,
        "BIGINT": zetasql.TypeKind.TYPE_INT64,
        "BOOLEAN": zetasql.TypeKind.TYPE_BOOL,
        "DATE": zetasql.TypeKind.TYPE_DATE,
        "DECIMAL": zetasql.TypeKind.TYPE_NUMERIC,
        "DOUBLE": zetasql.TypeKind.TYPE_DOUBLE,
        "TIMESTAMP": timestamp,
        "TIMESTAMP WITH TIME ZONE": zetasql.TypeKind.TYPE_TIMESTAMP,
    }
    schemas = {}
    for schema, table, column, kind in columns:
        tables = schemas.setdefault(schema, {})
        tables.setdefault(table, TableBuilder(table)).add_column(column, kinds[kind.split("(")[0]])
    catalogs = [
        zetasql.SimpleCatalog(name=schema, table=[table.build() for table in tables.values()])
        for schema, tables in schemas.items()
    ]
    functions = zetasql.ZetaSQLBuiltinFunctionOptions(language_options=language)
    database = zetasql.SimpleCatalog(name="dq_report", table=[], catalog=catalogs)
    return zetasql.SimpleCatalog(name="", table=[], catalog=[database], builtin_function_options=functions)


language = zetasql.LanguageOptions.maximum_features()
language.product_mode = zetasql.ProductMode.PRODUCT_EXTERNAL
options = zetasql.AnalyzerOptions(language_options=language)


@functools.cache
def analyzer():
    """Comes with two catalogs: columns that are timestamps, and the same as datetimes. It needs ten seconds to start."""
    service = ZetaSqlLocalService.get_instance()
    kinds = (zetasql.TypeKind.TYPE_TIMESTAMP, zetasql.TypeKind.TYPE_DATETIME)
    catalogs = [catalog_of(given["columns"], kind) for kind in kinds]
    return service, [service.register_catalog(simple_catalog=catalog).registered_id for catalog in catalogs]


def analysis_problem(sql):
    service, catalogs = analyzer()
    # BigQuery knows these names, its analyzer does not.
    sql = re.sub(r"\bas (bigint|int|integer)\)", "as int64)", sql, flags=re.IGNORECASE)
    # The other queries of a test have nothing else to do with time, and each takes a while.
    kinds = catalogs if "/* evidence for dq_report */" in sql else catalogs[:1]
    try:
        for catalog in kinds:
            request = zetasql.AnalyzeRequest(sql_statement=sql, options=options, registered_catalog_id=catalog)
            # Not service.analyze, which makes objects of the answer: that takes longest.
            service.wasm_client.call_grpc_func("ZetaSqlLocalService_Analyze", request.to_proto())
    except ZetaSQLError as error:
        return str(error)
    return None


def problem_of(query):
    problem = syntax_problem(query["sql"], query["dialect"], query["literal"])
    return analysis_problem(query["sql"]) if problem is None and query["dialect"] == "bigquery" else problem


given = json.load(sys.stdin)
json.dump([problem_of(query) for query in given["queries"]], sys.stdout)
