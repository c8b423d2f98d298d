# Case 2 of env/run: enters the root file system.
# shellcheck shell=bash disable=SC2154 # variables of env/run

# Form libraries are compiled for this very processor (-march=native), so a home folder shared by
# different machines needs one cache for each kind.
cpu_key() {
    {
        uname -m
        grep -m 1 -E '^model name|^CPU part' /proc/cpuinfo || true
        grep -m 1 -E '^flags|^Features' /proc/cpuinfo || true
    } | digest
}

# forget_broken_forms FOLDER: a compile that was killed leaves a .c file that all later runs would wait
# for. Every run holds a shared lock on the folder: nobody else there means that nobody is compiling.
forget_broken_forms() {
    local older=(-mmin +15) source
    exec 8>"$1/lock"
    if flock -n 8; then older=(); fi
    find "$1" -maxdepth 1 -name '*.c' "${older[@]}" | while read -r source; do
        [[ -e $source.cached ]] || rm -f "$source"
    done
    flock -s 8
}

enter_rootfs() {
    local bind=(--bind "$rootfs" /) entry name
    # Every top-level folder that is not part of the system, at its own path: the project, data beside
    # it, home and /tmp are where they are outside.
    for entry in /*/; do
        name=${entry:1:-1}
        case $name in
        bin | boot | dev | etc | lib | lib32 | lib64 | libx32 | lost+found | proc | run | sbin | sys | usr | var) ;;
        *) bind+=(--bind-try "/$name" "/$name") ;;
        esac
    done
    bind+=(--bind-try /var/tmp /var/tmp --bind-try /run/user /run/user)
    # Build servers keep homes and checkouts under /var.
    for entry in "${HOME:-/}" "$project" "$PWD" "${SOLESPINE_DATA:-/}"; do
        case $entry in
        /usr/* | /var/* | /run/*) bind+=(--bind-try "$entry" "$entry") ;;
        esac
    done
    for entry in /etc/ssl /etc/resolv.conf /etc/hosts /etc/hostname /etc/passwd /etc/group \
        /etc/pip.conf /etc/xdg/pip; do
        # The target of a link (resolv.conf is one under systemd) may be in a folder that is not bound.
        if [[ -e $entry ]]; then bind+=(--ro-bind "$(readlink -f "$entry")" "$entry"); fi
    done

    local forms user_cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}
    forms=$cache/forms-$rootfs_key-$(cpu_key)
    mkdir -p "$forms" "$user_cache/fenics"
    forget_broken_forms "$forms"
    bind+=(--bind "$forms" "$user_cache/fenics")

    # Process numbers start anew in here, and Open MPI names its folders by them: they must be private,
    # or two runs at a time would share one. Without mpirun it names them by host and user.
    local mpi=/run/mpi alone=${TMPDIR:-/tmp}/ompi.${HOSTNAME%%.*}.$EUID
    bind+=(--dev /dev --proc /proc --ro-bind-try /sys /sys --tmpfs "$mpi" --tmpfs "$alone" --remount-ro /)

    # Libraries and programs of the host's Python do not fit the one in here.
    unset PYTHONPATH PYTHONHOME PYENV_VERSION PYENV_ROOT CONDA_PREFIX LD_LIBRARY_PATH LD_PRELOAD
    export PATH=$venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    export VIRTUAL_ENV=$venv
    # Open MPI 5 brings libprrte 3, version 6 a later one.
    if compgen -G "$rootfs/usr/lib/*/libprrte.so.3" >/dev/null; then
        parallel_variables 5
    else
        parallel_variables 6
    fi
    export OMPI_MCA_btl=${OMPI_MCA_btl:-self,sm}
    export PRTE_MCA_prte_tmpdir_base=$mpi PMIX_SERVER_TMPDIR=$mpi
    if ((EUID == 0)); then
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
    # Without a screen VTK would try one first and complain.
    if [[ -z ${DISPLAY:-} ]]; then
        export VTK_DEFAULT_OPENGL_WINDOW=${VTK_DEFAULT_OPENGL_WINDOW:-vtkEGLRenderWindow}
    fi
    exec bwrap "${bind[@]}" --unshare-pid --die-with-parent --chdir "$PWD" \
        /usr/bin/env --default-signal=INT,QUIT,TERM,HUP "$@"
}
