# SPDX-License-Identifier: Apache-2.0
# Records are put into a queue for a handler that is slower than they come.
# expect: held
import logging, logging.handlers, queue, threading, time
waiting = queue.Queue()
log = logging.getLogger('app'); log.setLevel(10); log.propagate = False
log.addHandler(logging.handlers.QueueHandler(waiting))
def drain():
    while True:
        waiting.get(); time.sleep(0.05)
threading.Thread(target=drain, daemon=True).start()
n = 0
while True:
    for _ in range(30):
        n += 1
        log.info('request %d answered with %s', n, 'x' * 800)  # cause
    time.sleep(0.01)
