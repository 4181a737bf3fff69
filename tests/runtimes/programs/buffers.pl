# SPDX-License-Identifier: Apache-2.0
# Perl's large strings and lists: built, packed, grown, sorted, matched, shared with children.
# Prints digests; a byte that weir changed, lost or failed to clear changes a line.
use strict;
use warnings;
use Compress::Zlib;
use Digest::SHA qw(sha1_hex);
use Encode;
use File::Temp;
use MIME::Base64;

use constant {KB => 1024, MB => 1024 * 1024};
my @sizes = (1, 64 * KB, 128 * KB - 1, 128 * KB, 200001, MB - 1, MB, 2 * MB + 1, 5 * MB, 10 * MB + 1, 20 * MB + 12345);

sub digest { return substr(sha1_hex($_[0]), 0, 16) }

sub pattern {
	my ($size, $seed) = @_;
	my $x = $seed * 2654435761 % 2**32 + 1;
	my $piece = pack('L*', map { $x = ($x * 1664525 + 1013904223) % 2**32 } 1 .. 1024);
	return substr($piece x ($size / length($piece) + 1), 0, $size);
}

$| = 1;
for my $seed (0 .. $#sizes) {
	my $size = $sizes[$seed];
	my $data = pattern($size, $seed);
	my $hex = unpack('H*', $data);
	my $base64 = encode_base64($data);
	die "$size: does not come back\n"
		unless pack('H*', $hex) eq $data && decode_base64($base64) eq $data;
	print join(' ', $size, map { digest($_) } $data, $hex, $base64, scalar reverse($data)), "\n";
}

# Blocks that come back dirty must be clean when zeros are asked for.
for my $round (1 .. 6) {
	for my $size (@sizes) {
		my $zeros = '';
		vec($zeros, $size - 1, 8) = 0;
		die "$size: not zero\n" unless $zeros =~ tr/\0// == $size;
		my $dirty = "\xa5" x $size;
		$dirty .= $dirty;
		substr($dirty, $size / 2) = '';
	}
}
print "zeros are zero\n";

my $grown = '';
$grown .= pattern(100 * KB + $_, $_) for 0 .. 119;
print 'grown ', length($grown), ' ', digest($grown), "\n";
substr($grown, length($grown) / 3) = '' while length($grown) > 300 * KB;
print 'shrunk ', length($grown), ' ', digest($grown), "\n";
my $text = 'lorem ipsum ' x 200000;
$text =~ s/o(.)/0$1/g;
print 'replaced ', digest($text), "\n";
print 'encoded ', digest(encode('UTF-16LE', join('', map { chr(0x20 + $_ % 0x2fff) } 0 .. 400000))), "\n";
print 'zlib ', digest(Compress::Zlib::memGunzip(Compress::Zlib::memGzip(pattern(8 * MB, 2)))), "\n";
print 'sorted ', digest(pack('L*', sort { $a <=> $b } map { $_ * 7919 % 300007 } 0 .. 299999)), "\n";
my @held;
$held[$_ * 7919 % 60] = pattern($sizes[$_ % 8], $_) for 0 .. 399;
print 'churn ', digest(join('', map { $_ // '' } @held)), "\n";

my $file = File::Temp->new;
binmode($file);
print $file pattern(12 * MB, 3);
$file->flush;
open(my $in, '<:raw', $file->filename) or die;
my $whole = do { local $/; <$in> };
print 'file ', digest($whole), "\n";

my $kept = pattern(3 * MB, 77);
for my $n (0 .. 2) {
	my $pid = fork;
	if ($pid == 0) {
		print "child $n ", digest($kept), ' ', digest(pattern(2 * MB, $n)), "\n";
		exit 0;
	}
	waitpid($pid, 0);
}
print 'parent ', digest($kept), ' ', `echo shell`;
