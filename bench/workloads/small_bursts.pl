# SPDX-License-Identifier: Apache-2.0
# Bursts of small objects after some large ones: what the C library's heap makes of them. SCALE
use strict;
use warnings;
use Time::HiRes 'time';

my $scale = @ARGV ? $ARGV[0] : 1;

sub faults {
	open(my $stat, '<', '/proc/self/stat') or die;
	return (split ' ', (split /\) /, <$stat>)[-1])[7];
}

sub cpu {
	my ($user, $system) = times;
	return $user + $system;
}

for my $size (300_000, 900_000, 2_000_000) {
	for (1 .. 4) {
		my $large = 'x' x $size;
		undef $large;
	}
}
my ($before, $start, $used) = (faults(), time, cpu());
my $rounds = int(1000 * $scale);
for my $round (1 .. $rounds) {
	my @rows;
	for my $i (1 .. 1000) {
		my $row = 'x' x 1990;
		$row .= $i;
		push @rows, $row;
	}
}
printf '{"name": "small_bursts_pl", "ops": %d, "bytes": %d, "seconds": %f, "cpu_seconds": %f, "faults": %d}' . "\n",
	$rounds * 1000, $rounds * 2_000_000, time - $start, cpu() - $used, faults() - $before;
