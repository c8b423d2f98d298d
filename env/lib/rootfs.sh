# Case 2 of env/run: makes the Debian root file system, once for each suite and package list.
# shellcheck shell=bash disable=SC2154 # variables of env/run

cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/solespine
recipe=1 # raise it when a change below must make everyone's root file system anew

rootfs_possible() {
    [[ -r /etc/os-release ]] || return 1
    # shellcheck disable=SC1091
    os_ids=$(. /etc/os-release && printf '%s %s' "${ID:-}" "${ID_LIKE:-}")
    os_codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    [[ " $os_ids " == *" debian "* || " $os_ids " == *" ubuntu "* ]]
}

# packages_of GROUP: the Debian names of that group of packages.txt
packages_of() {
    awk -v want="[$1]" '
        /^\[/ { here = $1; next }
        /^#/ || NF == 0 { next }
        here == want && $1 != "-" { print $1 }' "$env_dir/packages.txt"
}

# Sets rootfs, rootfs_key and base_key (what the .venv depends on), making the root file system if it is not there.
rootfs_ready() {
    local base optional="" group
    base=$(packages_of base)
    for group in $groups; do
        [[ -n $(packages_of "$group") ]] || give_up "no package group \"$group\" in env/packages.txt"
        optional+=" $(packages_of "$group")"
    done
    # shellcheck disable=SC2086
    base_key=$suite-$(echo "$recipe" "$(uname -m)" $base | digest)
    rootfs_key=$base_key${optional:+-$(echo "$optional" | digest)}
    rootfs=$cache/rootfs-$rootfs_key
    # Nothing to look up when it is there: this is every start but the first.
    if [[ ! -d $rootfs ]] || ! command -v bwrap >/dev/null; then
        host_tools
        namespaces_allowed
        mkdir -p "$cache"
        (
            flock 9
            [[ -d $rootfs ]] || make_rootfs "$base" "$optional"
        ) 9>"$cache/rootfs-$rootfs_key.lock"
    fi
}

host_tools() {
    local missing=()
    command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
    command -v bwrap >/dev/null || missing+=(bubblewrap)
    [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || missing+=(debian-archive-keyring)
    # mmdebstrap only recommends it, and without it works for root alone.
    ((EUID == 0)) || command -v newuidmap >/dev/null || missing+=(uidmap)
    ((${#missing[@]})) || return 0
    local as_root=()
    if ((EUID != 0)); then
        sudo -n true 2>/dev/null || give_up "needs ${missing[*]}. Please type:
  sudo apt-get update && sudo apt-get install -y ${missing[*]}"
        as_root=(sudo -n)
    fi
    say "installing ${missing[*]}"
    {
        "${as_root[@]}" apt-get update &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y --no-install-recommends "${missing[@]}"
    } >/dev/null 2>&1 || give_up "apt-get could not install ${missing[*]}"
}

# Says what is missing before anything is downloaded; mmdebstrap and bwrap themselves are terse about it.
namespaces_allowed() {
    bwrap --ro-bind / / --dev /dev --proc /proc --unshare-pid true 2>/dev/null ||
        give_up "bubblewrap cannot make a namespace here. Perhaps an administrator can allow it:
  sudo sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0
(whichever of the two exists); a container must be started with more rights. Or use conda, Docker or
Apptainer with the files in $env_dir."
    ((EUID != 0)) || return 0
    local user file
    user=$(id -un)
    for file in /etc/subuid /etc/subgid; do
        # At least 65536 numbers, to which the users of the root file system are mapped.
        awk -F: -v user="$user" '$1 == user { enough = $3 >= 65536; exit } END { exit !enough }' \
            "$file" 2>/dev/null ||
            give_up "$file gives $user no 65536 numbers. Please type, with a range that is free, such as:
  sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $user"
    done
}

# The host's own Debian mirror, so that proxies and mirrors of a site keep working. On Ubuntu nothing
# is printed and mmdebstrap takes its default.
host_mirror() {
    [[ $os_ids == "debian "* ]] || return 0
    local targets
    # shellcheck disable=SC2016
    targets=$(apt-get indextargets --format '$(ORIGIN)|$(RELEASE)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)' \
        'Created-By: Packages' 2>/dev/null) || return 0
    # Third parties may use Debian's suite names too: prefer what signs as Debian, which is known only
    # after apt-get update, else a folder named debian.
    awk -F'|' -v codename="$os_codename" '
        $4 != "main" || ($2 != codename && $3 != codename && $2 !~ /^(stable|testing|unstable|sid)$/) { next }
        $1 == "Debian" { print $5; found = 1; exit }
        $5 ~ /\/debian\/?$/ && !guess { guess = $5 }
        END { if (!found && guess) print guess }' <<<"$targets"
}

make_rootfs() {
    local base=$1 optional=$2 work log mirror options=() name
    # Left by a machine that was switched off while making one.
    find "$cache" -maxdepth 1 -name 'making-*' -mmin +1440 -exec rm -rf --one-file-system -- {} +
    work=$(mktemp -d "$cache/making-XXXXXX")
    log=$work/log
    # shellcheck disable=SC2064
    trap "rm -rf --one-file-system -- '$work'" EXIT
    mirror=$(host_mirror)
    # Proxy, certificate and retry settings of the host's apt.
    apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries|Check-|Max-)' >"$work/host.conf" || true
    [[ -s $work/host.conf ]] && options+=(--aptopt="$work/host.conf")
    # Packages of the optional groups may be missing in a suite: said, and gone without.
    if [[ -n $optional ]]; then
        # shellcheck disable=SC2016
        options+=(--customize-hook='for name in '"$optional"'; do
            chroot "$1" apt-get install -y --no-install-recommends "$name" || echo "MISSING $name"
        done')
    fi
    # Documentation, manual pages and translations are a tenth of the size and nobody reads them here.
    for name in man doc locale info; do options+=(--dpkgopt="path-exclude=/usr/share/$name/*"); done
    say "making a Debian $suite environment (once; 2 to 5 minutes, about 3 GB under $cache)"
    local started=$SECONDS
    local mmdebstrap=(mmdebstrap --variant=minbase --include="${base//$'\n'/,}"
        --keyring=/usr/share/keyrings/debian-archive-keyring.gpg
        --dpkgopt=force-unsafe-io "${options[@]}" "$suite")
    local ok=yes
    mkdir "$work/rootfs"
    if ((EUID == 0)); then
        "${mmdebstrap[@]}" "$work/rootfs" ${mirror:+"$mirror"} >"$log" 2>&1 </dev/null || ok=no
    else
        # As a tar file, so that everything belongs to this user and can be removed again.
        "${mmdebstrap[@]}" - ${mirror:+"$mirror"} 2>"$log" </dev/null |
            tar -x -C "$work/rootfs" --no-same-owner --exclude='./dev/*' || ok=no
    fi
    if [[ $ok == no ]]; then
        tail -n 15 "$log" >&2
        cp "$log" "$cache/rootfs-$rootfs_key.log"
        give_up "Debian $suite could not be made; the whole log is $cache/rootfs-$rootfs_key.log"
    fi
    sed -n 's/^MISSING \(.*\)/env\/run: Debian '"$suite"' has no \1, going on without it/p' "$log" >&2
    mv "$work/rootfs" "$rootfs"
    say "made in $((SECONDS - started)) s"
    for name in "$cache/rootfs-$suite"-*/; do
        [[ $name == "$rootfs/" ]] || say "perhaps no longer needed, remove it if so: $name"
    done
}
