"""SPARQL servers that tests start themselves, of two kinds that have little in common.

Oxigraph has an empty default graph. That of Virtuoso is the union of all, its own triples
included, and it takes updates only from those who were granted them.
"""

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

OXIGRAPH = Path(sys.executable).parent / "oxigraph"
VIRTUOSO = shutil.which("virtuoso-t") and shutil.which("isql-vt")

INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
DirsAllowed = .
CaseMode = 2
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 4
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 0
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def is_up(url):
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@contextmanager
def running(command, folder, url):
    log = folder / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        for _ in range(600):
            if process.poll() is not None or is_up(url):
                break
            time.sleep(0.1)
        assert process.poll() is None, log.read_text("utf-8", "replace")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def oxigraph(folder):
    """The address of an Oxigraph server that keeps its data in *folder*."""
    bind = f"127.0.0.1:{free_port()}"
    command = [str(OXIGRAPH), "serve", "--location", str(folder / "data"), "--bind", bind]
    with running(command, folder, f"http://{bind}/"):
        yield f"http://{bind}/query"


@contextmanager
def virtuoso(folder):
    """The address of a Virtuoso server that keeps its data in *folder* and lets anybody write."""
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(INI.format(sql=sql, http=http))
    command = ["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground", "+wait"]
    with running(command, folder, f"http://127.0.0.1:{http}/sparql"):
        grants = 'GRANT SPARQL_UPDATE TO "SPARQL"; GRANT SPARQL_UPDATE TO "dba";'
        subprocess.run(
            ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"EXEC={grants}"],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        yield f"http://127.0.0.1:{http}/sparql"


SERVERS = {"oxigraph": oxigraph, "virtuoso": virtuoso}
ABSENT = {
    "oxigraph": "" if OXIGRAPH.exists() else "the package 'oxigraph' is not installed",
    "virtuoso": "" if VIRTUOSO else "the Debian package 'virtuoso-opensource' is not installed",
}
