"""dbt on the emulator fakesnow in place of Snowflake: `emulated_dbt.py` and the arguments of dbt."""

import os
import sys

import fakesnow
from dbt.cli.main import dbtRunner

with fakesnow.patch(db_path=os.environ["SNOWFLAKE_PATH"]):
    result = dbtRunner().invoke(sys.argv[1:])
if result.exception:
    print(result.exception)
sys.exit(2 if result.exception else 0 if result.success else 1)
