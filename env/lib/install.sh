# Runs inside the environment: bash install.sh VENV, in the project's folder.
# shellcheck shell=bash
venv=$1
if [[ ! -x $venv/bin/python ]]; then
    python=$(PATH=${PATH#"$venv"/bin:} command -v python3)
    "$python" -m venv --system-site-packages "$venv"
    # An active virtual environment (dolfinx's Docker image) is not a "system" for venv: name its folders.
    if [[ -n $("$python" -c 'import sys; print("x" * (sys.prefix != sys.base_prefix))') ]]; then
        "$python" -c 'import sysconfig as s; print(*sorted({s.get_path("purelib"), s.get_path("platlib")}), sep="\n")' \
            >"$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/active.pth"
    fi
fi
"$venv/bin/python" -m pip install -qq --disable-pip-version-check -e '.[all]'
