# The project's .venv: this checkout, editable, on top of the environment's own packages.
# shellcheck shell=bash disable=SC2154 # variables of env/run

# Makes or refreshes $venv when it belongs to another environment or pyproject.toml has changed.
venv_ready() {
    local wanted
    wanted="$identity $project $(digest <"$project/pyproject.toml")"
    [[ $(cat "$venv/solespine.key" 2>/dev/null) == "$wanted" ]] && return
    mkdir -p "$cache"
    (
        flock 9
        [[ $(cat "$venv/solespine.key" 2>/dev/null) == "$wanted" ]] && exit
        local kept
        kept=$(cat "$venv/solespine.key" 2>/dev/null || true)
        rm -f "$venv/solespine.key"
        # Of this environment and only pyproject.toml has changed: pip brings it up to date.
        [[ ${kept% *} == "${wanted% *}" ]] || rm -rf --one-file-system -- "$venv"
        say "installing the Python packages of pyproject.toml into ${venv##*/}"
        (cd "$project" && in_environment bash -e "$env_dir/lib/install.sh" "$venv") >&2 </dev/null ||
            give_up "pip could not install the Python packages"
        echo "$wanted" >"$venv/solespine.key"
    ) 9>"$cache/venv-$(digest <<<"$venv").lock"
}
