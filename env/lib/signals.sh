# Case 2 of env/run: what becomes of Ctrl-C and kill.
#
# bwrap itself must not die of a signal, as everything in it would be killed at once, before a run could
# save its state. So bwrap ignores signals and the command, started with their defaults, gets them.
# shellcheck shell=bash disable=SC2154 # variables of env/run

run_with_signals() {
    if [[ -t 0 ]]; then
        # A person types Ctrl-C: the terminal sends it to everything in the foreground.
        trap '' INT QUIT
        enter_rootfs "$@"
    fi
    # A program stops us with kill: pass it on. The command has a process group of its own, so that what
    # was sent to our group already does not reach it twice.
    local child code interrupted again
    set -m
    (
        trap '' INT QUIT TERM HUP
        enter_rootfs "$@"
    ) <&0 &
    child=$!
    set +m
    local name
    for name in INT QUIT TERM HUP; do
        # shellcheck disable=SC2064
        trap "interrupted=yes; kill -$name -- -$child 2>/dev/null || true" "$name"
    done
    code=127
    while :; do
        interrupted=no
        again=0
        wait "$child" || again=$?
        # 127: the command had ended before an interrupted wait came back, with the code kept here.
        ((again == 127)) || code=$again
        [[ $interrupted == yes && $again != 127 ]] || break
    done
    exit "$code"
}
