# SPDX-License-Identifier: Apache-2.0
# Ruby's large strings and arrays: built, packed, grown, compressed, shared with children.
# Prints digests; a byte that weir changed, lost or failed to clear changes a line.
require 'digest'
require 'stringio'
require 'tempfile'
require 'zlib'

KB = 1024
MB = 1024 * KB
SIZES = [1, 64 * KB, 128 * KB - 1, 128 * KB, 200_001, MB - 1, MB, 2 * MB + 1, 5 * MB, 10 * MB + 1, 20 * MB + 12_345]

def digest(data)
  Digest::SHA1.hexdigest(data)[0, 16]
end

def pattern(size, seed)
  x = seed * 2_654_435_761 % 2**32 + 1
  piece = Array.new(1024) { x = (x * 1_664_525 + 1_013_904_223) % 2**32 }.pack('L*')
  (piece * (size / piece.bytesize + 1)).byteslice(0, size)
end

SIZES.each_with_index do |size, seed|
  data = pattern(size, seed)
  hex = data.unpack1('H*')
  base64 = [data].pack('m0')
  raise "#{size}: does not come back" unless [hex].pack('H*') == data && base64.unpack1('m0') == data

  puts [size, digest(data), digest(hex), digest(base64), digest(data.reverse),
        digest(data.force_encoding('ISO-8859-1').encode('UTF-16LE'))].join(' ')
end

# Blocks that come back dirty must be clean when zeros are asked for.
3.times do |round|
  SIZES.each do |size|
    raise "#{size}: not zero" unless ("\0" * size).count("\0") == size

    dirty = "\xa5".b * size
    dirty << dirty
    buffer = IO::Buffer.new(size)
    raise "a buffer of #{size} is not zero" unless buffer.get_string.count("\0") == size

    buffer.set_string(dirty.byteslice(0, size))
    buffer.free if round.odd?
  end
  GC.start
end
puts 'zeros are zero'

grown = +''.b
120.times { |i| grown << pattern(100 * KB + i, i) }
puts "grown #{grown.bytesize} #{digest(grown)}"
grown.slice!(grown.bytesize / 3..) while grown.bytesize > 300 * KB
puts "shrunk #{grown.bytesize} #{digest(grown)}"
puts "gsub #{digest(('lorem ipsum ' * 200_000).gsub(/o(.)/) { "0#{$1}" })}"
puts "zlib #{digest(Zlib::Inflate.inflate(Zlib::Deflate.deflate(pattern(8 * MB, 2), 1)))}"
list = Array.new(300_000) { |i| i * 7919 % 300_007 }
puts "sorted #{digest(list.sort.pack('L*'))} #{digest(Marshal.dump(list.each_slice(3).to_a))}"
held = Array.new(60)
200.times { |i| held[i * 7919 % 60] = pattern(SIZES[i % 8], i) }
puts "churn #{digest(held.compact.join)}"

Tempfile.create('buffers') do |file|
  file.binmode
  file.write(pattern(12 * MB, 3))
  file.flush
  puts "file #{digest(File.binread(file.path))} #{digest(IO.copy_stream(file.path, out = StringIO.new).to_s + out.string)}"
end

puts "threads #{(0...4).map { |n| Thread.new { digest((0...25).map { |i| pattern(150 * KB * (i % 9 + 1), n * 100 + i) }.join) } }.map(&:value).join(' ')}"

kept = pattern(3 * MB, 77)
$stdout.flush
3.times do |n|
  Process.wait(fork { puts "child #{n} #{digest(kept)} #{digest(pattern(2 * MB, n))}" })
end
puts "parent #{digest(kept)} #{`echo shell`.chomp}"
