"""The tables of a damon-trace data set (damon-trace export --partition host,date) as pandas frames.

Parquet is read by pyarrow where Python has it, and SQL is run by Python's duckdb. Debian 12 packages neither: there DuckDB runs in node
(duckdb.mjs) and hands its results over as CSV. The rows are the same ones either way.
"""

import importlib.util
import json
import pathlib
import shutil
import subprocess
import tempfile

import pandas

HERE = pathlib.Path(__file__).resolve().parent
TABLES = ("recordings", "contexts", "targets", "mappings", "footprint", "idle", "accesses", "regions")


def _has(module):
    return importlib.util.find_spec(module) is not None


class DataSet:
    """A data set in a folder."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder).resolve()
        if not (self._folder / "regions").is_dir():
            raise FileNotFoundError(f"{folder} is no data set: make one with damon-trace export -i RECORDING -o DIR --partition host,date")
        if not _has("duckdb") and shutil.which("node") is None:
            raise RuntimeError("SQL needs DuckDB: pip install duckdb, or node and npm ci --prefix tests/foreign-readers")

    @property
    def reader(self):
        """What reads the Parquet files here."""
        return "pyarrow" if _has("pyarrow") else "duckdb" if _has("duckdb") else "DuckDB in node"

    def table(self, name):
        """All rows of a table, partitions as columns host and date; none where the data set has no such table."""
        if not self._has_table(name):
            return pandas.DataFrame(columns=["host", "recording", "target_id"])
        if _has("pyarrow"):
            return pandas.read_parquet(self._folder / name)
        return self.sql(f"SELECT * FROM {name}")

    def _has_table(self, name):
        """False for what data sets of before did not have."""
        return any((self._folder / name).glob("**/*.parquet"))

    def sql(self, query):
        """The rows of a query over all tables."""
        views = [
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{self._folder}/{name}/**/*.parquet', hive_partitioning = true)"
            for name in TABLES
            if self._has_table(name)
        ]
        if _has("duckdb"):
            import duckdb

            connection = duckdb.connect()
            for view in ["SET TimeZone = 'UTC'", *views]:
                connection.execute(view)
            return connection.execute(query).df()
        return self._run_in_node(";\n".join([*views, query]))

    def documented(self, title):
        """The rows of a query of docs/sql.md, found by the title in its first line."""
        text = (HERE / "../../docs/sql.md").read_text(encoding="utf-8")
        begin = text.index(f"-- DuckDB: {title}\n")
        return self.sql(text[begin : text.index("```", begin)].strip().rstrip(";"))

    @staticmethod
    def _run_in_node(script):
        with tempfile.TemporaryDirectory() as folder:
            result = pathlib.Path(folder, "result.csv")
            run = subprocess.run(["node", HERE / "duckdb.mjs", result], input=script, capture_output=True, text=True, check=False)
            if run.returncode != 0:
                raise RuntimeError(run.stderr)
            types = json.loads(run.stdout)
            frame = pandas.read_csv(result, dtype={name: _csv_type(sql) for name, sql in types.items()}, keep_default_na=False, na_values=[""])
        for name, sql in types.items():
            if sql.startswith("TIMESTAMP") or sql == "DATE":
                frame[name] = pandas.to_datetime(frame[name], utc=sql.startswith("TIMESTAMP"))
            elif frame[name].dtype.name in ("Int64", "UInt64") and not frame[name].isna().any():
                frame[name] = frame[name].astype(frame[name].dtype.name.lower())
            elif sql == "VARCHAR":
                frame[name] = frame[name].fillna("")
        return frame


def _csv_type(sql):
    if sql in ("UBIGINT", "UINTEGER"):
        return "UInt64"
    if sql in ("BIGINT", "INTEGER"):
        return "Int64"
    return {"DOUBLE": "float64", "BOOLEAN": "boolean"}.get(sql, "string")
