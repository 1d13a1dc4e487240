#!/bin/sh
# Limits what leaves an interface, for `streamctl measure`: rate by tbf or htb; delay and loss by netem, where the kernel has it.
#
#   netcond.sh DEV rate 512kbit [burst 4kb] [latency 400ms] [delay 20ms] [loss 1%] [--htb] [--without-netem]
#   netcond.sh DEV show
#   netcond.sh DEV clear
usage() { sed -n '2,6s/^# \{0,1\}//p' "$0"; }
fail() {
  echo "netcond: $*" >&2
  exit 1
}
case ${1:-} in
  '' | -h | --help)
    usage
    [ -n "${1:-}" ]
    exit
    ;;
esac

dev=$1
shift
[ -e "/sys/class/net/$dev" ] || fail "there is no interface $dev; there is $(ls /sys/class/net | tr '\n' ' ')"
command -v tc >/dev/null || fail "tc is missing: apt-get install iproute2"

rate= burst=4kb latency=400ms delay= loss= kind=tbf netem=yes action=
while [ $# -gt 0 ]; do
  case $1 in
    show | clear) action=$1 ;;
    rate | burst | latency | delay | loss)
      [ -n "${2:-}" ] || fail "$1 wants a value, as in: $1 512kbit"
      case $2 in
        *[!0-9a-zA-Z.%]*) fail "$1 $2 is no value that tc knows" ;;
      esac
      eval "$1=\$2"
      shift
      ;;
    --htb) kind=htb ;;
    --without-netem) netem=no ;;
    *) fail "$1: not known; see netcond.sh --help" ;;
  esac
  shift
done

if [ "$action" = show ]; then
  tc -s qdisc show dev "$dev"
  exit
fi
# Whatever was there of ours, or of anybody's: the interface is to do what is asked for and nothing else.
tc qdisc del dev "$dev" root 2>/dev/null
[ "$action" = clear ] && exit 0
[ -n "$rate$delay$loss" ] || fail "nothing to do: give a rate, a delay or a loss"

if [ -n "$delay$loss" ]; then
  if ! tc qdisc add dev "$dev" root handle 1: netem ${delay:+delay "$delay"} ${loss:+loss "$loss"} 2>/dev/null; then
    [ "$netem" = no ] || fail "this kernel has no netem (delay, loss): load sch_netem, or say --without-netem to limit the rate alone"
    echo "netcond: this kernel has no netem: delay and loss are left out" >&2
    delay= loss=
  fi
fi
parent=root
[ -n "$delay$loss" ] && parent="parent 1:"
[ -n "$rate" ] || exit 0
# shellcheck disable=SC2086
if [ "$kind" = tbf ]; then
  tc qdisc add dev "$dev" $parent handle 10: tbf rate "$rate" burst "$burst" latency "$latency" || fail "tc refused it (see above)"
else
  tc qdisc add dev "$dev" $parent handle 10: htb default 1 &&
    tc class add dev "$dev" parent 10: classid 10:1 htb rate "$rate" burst "$burst" || fail "tc refused it (see above)"
fi
