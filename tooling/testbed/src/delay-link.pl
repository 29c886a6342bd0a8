#!/usr/bin/perl
# Hands every frame of one link on to another and back, each SECONDS later: a slow cable.
#   delay-link.pl LINK LINK SECONDS
# Linux has a queueing discipline for this (netem), but many kernels are built without it. The header of virtio travels with the
# frames (PACKET_VNET_HDR, packet(7)), because virtual links leave checksums and segmentation to whoever comes last.
use strict;
use warnings;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

use constant { AF_PACKET => 17, SOCK_RAW => 3, ETH_P_ALL => 3, SOL_PACKET => 263, PACKET_VNET_HDR => 15, PACKET_IGNORE_OUTGOING => 23 };
use constant { SIOCGIFINDEX => 0x8933, LARGEST_FRAME => 70_000, LONGEST_QUEUE => 20_000 };

my ($one, $other, $delay) = @ARGV;
my @sockets = map { link_socket($_) } $one, $other;
my @queues = ([], []);    # frames read from that socket, as [due, bytes]

while (1) {
    my ($readable, $timeout) = ("", undef);
    vec($readable, fileno($_), 1) = 1 for @sockets;
    for my $queue (grep { @$_ } @queues) {
        my $left = $queue->[0][0] - clock_gettime(CLOCK_MONOTONIC);
        $left = 0 if $left < 0;
        $timeout = $left if !defined $timeout || $left < $timeout;
    }
    select($readable, undef, undef, $timeout);
    for my $side (0, 1) {
        take($sockets[$side], $queues[$side]) if vec($readable, fileno($sockets[$side]), 1);
        pass($queues[$side], $sockets[1 - $side]);
    }
}

sub take {
    my ($socket, $queue) = @_;
    die "$0: link lost: $!\n" unless defined sysread($socket, my $frame, LARGEST_FRAME);
    push @$queue, [clock_gettime(CLOCK_MONOTONIC) + $delay, $frame] if @$queue < LONGEST_QUEUE;
}

# What can't be sent now is lost, as on any cable.
sub pass {
    my ($queue, $socket) = @_;
    syswrite($socket, (shift @$queue)->[1]) while @$queue && $queue->[0][0] <= clock_gettime(CLOCK_MONOTONIC);
}

sub link_socket {
    my ($name) = @_;
    socket(my $socket, AF_PACKET, SOCK_RAW, 0) or die "$0: socket: $!\n";
    my $request = pack("a16 i x20", $name, 0);
    ioctl($socket, SIOCGIFINDEX, $request) or die "$0: $name: $!\n";
    my $index = (unpack("a16 i", $request))[1];
    setsockopt($socket, SOL_PACKET, PACKET_VNET_HDR, pack("i", 1)) or die "$0: PACKET_VNET_HDR: $!\n";
    setsockopt($socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, pack("i", 1)) or die "$0: PACKET_IGNORE_OUTGOING: $!\n";
    bind($socket, pack("S n i S C C a8", AF_PACKET, ETH_P_ALL, $index, 0, 0, 0, "")) or die "$0: bind $name: $!\n";
    return $socket;
}
