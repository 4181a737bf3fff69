<?php
// SPDX-License-Identifier: Apache-2.0
// PHP's large strings and arrays: built, encoded, grown, sorted, compressed, streamed. Prints
// digests. (PHP's own allocator maps them; USE_ZEND_ALLOC=0 makes it call malloc.)
ini_set('memory_limit', '1G');

const KB = 1024;
const MB = 1024 * KB;
$sizes = [1, 64 * KB, 128 * KB - 1, 128 * KB, 200001, MB - 1, MB, 2 * MB + 1, 5 * MB, 10 * MB + 1, 20 * MB + 12345];

function digest(string $data): string
{
	return substr(sha1($data), 0, 16);
}

function pattern(int $size, int $seed): string
{
	$x = $seed * 2654435761 % 2 ** 32 + 1;
	$piece = '';
	for ($i = 0; $i < 1024; $i++) {
		$x = ($x * 1664525 + 1013904223) % 2 ** 32;
		$piece .= pack('V', $x);
	}
	return substr(str_repeat($piece, intdiv($size, 4096) + 1), 0, $size);
}

foreach ($sizes as $seed => $size) {
	$data = pattern($size, $seed);
	$hex = bin2hex($data);
	$base64 = base64_encode($data);
	if (hex2bin($hex) !== $data || base64_decode($base64) !== $data)
		die("$size: does not come back\n");
	echo "$size ", digest($data), ' ', digest($hex), ' ', digest($base64), ' ', digest(strrev($data)), "\n";
}

for ($round = 0; $round < 6; $round++) {
	foreach ($sizes as $size) {
		$zeros = str_repeat("\0", $size);
		if (substr_count($zeros, "\0") !== $size)
			die("$size: not zero\n");
		$dirty = str_repeat("\xa5", $size);
		$dirty .= $dirty;
	}
	gc_collect_cycles();
}
echo "zeros are zero\n";

$grown = '';
for ($i = 0; $i < 120; $i++)
	$grown .= pattern(100 * KB + $i, $i);
echo 'grown ', strlen($grown), ' ', digest($grown), "\n";
echo 'replaced ', digest(preg_replace('/o(.)/', '0$1', str_repeat('lorem ipsum ', 200000))), "\n";
$list = [];
for ($i = 0; $i < 300000; $i++)
	$list[] = $i * 7919 % 300007;
sort($list);
echo 'sorted ', digest(implode(',', $list)), ' ', digest(serialize(array_chunk($list, 3))), "\n";
$fixed = new SplFixedArray(400000);
for ($i = 0; $i < 400000; $i++)
	$fixed[$i] = $i;
$fixed->setSize(700000);
echo 'fixed ', array_sum($fixed->toArray()), "\n";
if (function_exists('gzdeflate'))
	echo 'zlib ', digest(gzinflate(gzdeflate(pattern(8 * MB, 2), 1))), "\n";
$held = [];
for ($i = 0; $i < 400; $i++)
	$held[$i * 7919 % 60] = pattern($sizes[$i % 8], $i);
ksort($held);
echo 'churn ', digest(implode('', $held)), "\n";

$name = tempnam(sys_get_temp_dir(), 'buffers');
file_put_contents($name, pattern(12 * MB, 3));
echo 'file ', digest(file_get_contents($name)), "\n";
$stream = fopen('php://memory', 'w+');
for ($i = 0; $i < 50; $i++)
	fwrite($stream, pattern(300 * KB, $i));
rewind($stream);
echo 'stream ', digest(stream_get_contents($stream)), ' ', shell_exec('echo shell');
unlink($name);
