# SPDX-License-Identifier: Apache-2.0
# Requests make and drop objects of all sizes, on four threads.
# expect: innocent
import threading, time, json, random
def serve():
    while True:
        doc = {'rows': [{'i': i, 'text': 'x' * random.randrange(500)} for i in range(500)]}
        json.loads(json.dumps(doc)); time.sleep(0.02)
for _ in range(4): threading.Thread(target=serve, daemon=True).start()
time.sleep(100)
