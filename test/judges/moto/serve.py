"""Serves moto on a free port of 127.0.0.1, prints the port, and ends with its standard input.

moto's tables are not made for requests at once, so it answers one after the other. Requests whose access key is an account's number are that account's. Before
a transaction moto copies the whole table once for each of its parts, to undo it; here it copies the items of the transaction.

    python serve.py
"""

import copy
import re
import sys
import threading
import types

from moto.dynamodb import models
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

MOTO = DomainDispatcherApplication(create_backend_app)
TURN = threading.Lock()
TOUCHED = {}
COPIES = {}
TRANSACT = models.DynamoDBBackend.transact_write_items


def transact(self, transact_items):
    TOUCHED.clear()
    COPIES.clear()
    for item in transact_items:
        for part in item.values():
            key = part.get("Key") or part.get("Item") or {}
            TOUCHED.setdefault(str(key.get("pk", {}).get("S")), set()).add(str(key.get("sk", {}).get("S")))
    return TRANSACT(self, transact_items)


def copy_of(value):
    if not isinstance(value, models.Table):
        return copy.deepcopy(value)
    if id(value) in COPIES:
        return COPIES[id(value)]
    table = COPIES[id(value)] = copy.copy(value)
    table.items = copy.copy(value.items)
    for partition, items in value.items.items():
        touched = TOUCHED.get(partition.value)
        if touched:
            table.items[partition] = {sort: copy.deepcopy(item) if sort.value in touched else item for sort, item in items.items()}
    return table


models.DynamoDBBackend.transact_write_items = transact
models.copy = types.SimpleNamespace(deepcopy=copy_of)


class Quiet(MotoRequestHandler):
    def log(self, *_):
        pass


def answer(environ, start_response):
    account = re.search(r"Credential=(\d{12})/", environ.get("HTTP_AUTHORIZATION", ""))
    if account:
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account[1]
    with TURN:
        return list(MOTO(environ, start_response))


server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
# An error of moto itself is read from its answer.
server.log = lambda *_: None
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.port, flush=True)
sys.stdin.read()
