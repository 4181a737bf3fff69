<?php
// SPDX-License-Identifier: Apache-2.0
// Bursts of small objects after some large ones: what the C library's heap makes of them; with
// USE_ZEND_ALLOC=0 every one of them is a block of its own. SCALE
$scale = $argc > 1 ? (float)$argv[1] : 1;

function cpu(): float {
	$used = getrusage();
	return $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec']
		+ ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1e6;
}

foreach ([300000, 900000, 2000000] as $size) {
	for ($i = 0; $i < 4; $i++) {
		$large = str_repeat('x', $size);
		unset($large);
	}
}
$before = getrusage()['ru_minflt'];
$start = microtime(true);
$used = cpu();
$rounds = (int)(2000 * $scale);
for ($round = 0; $round < $rounds; $round++) {
	$rows = [];
	for ($i = 0; $i < 1000; $i++)
		$rows[] = str_repeat('x', 2000);
	unset($rows);
}
echo json_encode(['name' => 'small_bursts_php', 'ops' => $rounds * 1000, 'bytes' => $rounds * 2000000,
	'seconds' => microtime(true) - $start, 'cpu_seconds' => cpu() - $used,
	'faults' => getrusage()['ru_minflt'] - $before]), "\n";
