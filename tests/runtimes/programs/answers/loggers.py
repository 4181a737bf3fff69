# SPDX-License-Identifier: Apache-2.0
# Each connection has a logger of its own name, which logging never forgets (vertica/vertica-python#476).
# expect: held
import logging, time
n = 0
while True:
    for _ in range(40):
        n += 1
        log = logging.getLogger('connection.%d' % n)  # cause
        log.addHandler(logging.NullHandler())
    time.sleep(0.01)
