-- SPDX-License-Identifier: Apache-2.0
-- SQLite: a large page cache, blobs and texts of many sizes, sorting, an index, and a VACUUM.
.bail on
PRAGMA page_size = 65536;
PRAGMA cache_size = -131072;
CREATE TABLE blobs (id INTEGER PRIMARY KEY, size INTEGER, body BLOB);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO blobs SELECT i, 100000 * i,
  CAST(replace(hex(zeroblob(50000 * i)), '00', printf('%02x', 32 + i)) AS BLOB) FROM n;
SELECT count(*), sum(length(body)), sum(length(body) = size) FROM blobs;
SELECT id, length(hex(body)), substr(body, size - 5) FROM blobs WHERE id % 9 = 0;
SELECT max(hex(zeroblob(20000000)) = printf('%.*c', 40000000, '0'));
UPDATE blobs SET body = CAST(body || body AS BLOB) WHERE id % 3 = 0;
DELETE FROM blobs WHERE id % 4 = 1;
SELECT count(*), sum(length(body)) FROM blobs;
CREATE TABLE rows (a INTEGER, b TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
INSERT INTO rows SELECT i * 7919 % 200003, printf('%08d row', i) FROM n;
CREATE INDEX by_a ON rows (a, b);
SELECT length(group_concat(b)), sum(a) FROM (SELECT a, b FROM rows ORDER BY b DESC);
SELECT b FROM rows ORDER BY a LIMIT 3 OFFSET 100000;
SELECT sum(length(j)) FROM (SELECT json_group_array(b) AS j FROM rows GROUP BY a % 7);
VACUUM;
PRAGMA integrity_check;
.sha3sum blobs
.sha3sum rows
