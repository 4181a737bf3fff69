# SPDX-License-Identifier: Apache-2.0
# A start imports much and loads a table; then it serves.
# expect: innocent
import time, json, asyncio, http.server, email, xml.dom.minidom, decimal, unittest, logging.config, multiprocessing, sqlite3, ctypes
table = {i: {'id': i, 'name': 'row %d' % i, 'v': [i]} for i in range(200000)}
while True:
    json.dumps([table[i] for i in range(1000)])
    time.sleep(0.01)
