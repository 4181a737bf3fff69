# SPDX-License-Identifier: Apache-2.0
# Rows of a database are gathered as dicts: small objects.
# expect: held
import time
rows = []
n = 0
while True:
    for i in range(2000):
        rows.append({'id': n, 'name': 'name %d' % n, 'tags': [n, n + 1]}); n += 1  # cause
    time.sleep(0.05)
