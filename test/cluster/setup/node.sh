#!/bin/sh
# Turns the namespaces that it was started in into a node, then becomes the
# node's PID 1. Mounts and interfaces live in these namespaces only: they
# vanish with PID 1, and the machine never sees them.
#   unshare --mount --net --pid --fork --mount-proc node.sh DATA
set -eu
data=$1

mount -t tmpfs run /run
mount --bind "$data/lib" /var/lib
mount --bind "$data/log" /var/log

# The kubelet sets these for the whole machine unless it finds them set.
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  file=$data/sysctl/$(basename "${setting%=*}")
  echo "${setting#*=}" >"$file"
  mount --bind "$file" "/proc/sys/${setting%=*}"
done
mount --make-rshared /

# The node's address; a bridge, because not every kernel has dummy interfaces.
ip link set lo up
ip link add node0 type bridge
ip address add 172.31.255.1/32 dev node0
ip link set node0 up
echo 1 >/proc/sys/net/ipv4/ip_forward
# Pod to pod on one bridge by a service address needs iptables on the bridge.
bridge=/proc/sys/net/bridge/bridge-nf-call-iptables
if [ -e $bridge ]; then echo 1 >$bridge; fi

exec "$data/node"
