#!/usr/bin/env bash
# Compares carbonlint with what checks such files today, on the same files in one run, and prints a table of ratios of medians.
#
#   tests/bench/compare.sh [TREE [HOME]]
#
# TREE is a folder with configuration files, HOME a started home with templates; without them, fixtures are used. BASE names another carbonlint
# to compare `ports` with. Needs hyperfine, taplo (cargo install taplo-cli, or pip install taplo), xmllint (Debian: libxml2-utils) and python3.
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in hyperfine xmllint python3; do
    command -v "$tool" > /dev/null || { echo "compare.sh needs $tool" >&2; exit 2; }
done
# A wrapper that some Python installations put in front of the program would be measured with it.
taplo="$(python3 -c 'import sysconfig; print(sysconfig.get_path("scripts"))')/taplo"
[ -x "$taplo" ] || taplo="$(command -v taplo)" || { echo "compare.sh needs taplo" >&2; exit 2; }

cargo build --release --locked --quiet
bin="$PWD/target/release/carbonlint"
started="$PWD/fixtures/started/api-manager-4.5.0"
tree="$(realpath "${1:-fixtures/homes}")"
home="$(realpath "${2:-$started}")"
work="$(mktemp --directory)"
trap 'rm -rf "$work"' EXIT

# A deployment.toml without its home.
mkdir "$work/lone"
cp "$home/repository/conf/deployment.toml" "$work/lone/"

# The files of the tree that carbonlint checks.
"$bin" lint --list-files --format json "$tree" > "$work/files.json" || true
python3 - "$work" << 'PYTHON'
import json, os, sys
work = sys.argv[1]
found = json.load(open(f"{work}/files.json"))
paths = sorted({os.path.abspath(file["file"]) for home in found["homes"] for file in home["files"]})
for name, ending in (("toml", ".toml"), ("xml", ".xml"), ("all", "")):
    with open(f"{work}/{name}.txt", "w") as out:
        out.writelines(f"{path}\n" for path in paths if path.endswith(ending))
PYTHON

# Homes made of the fixtures.
for count in 500 2000; do
    mkdir "$work/$count"
    homes=(fixtures/homes/*/ fixtures/started/*/)
    for ((number = 0; number < count; number++)); do
        cp -r "${homes[number % ${#homes[@]}]}" "$work/$count/home$number"
    done
done

# measure NAME RUNS COMMAND: its median time and CPU time.
measure() {
    hyperfine --shell=none --ignore-failure --warmup 2 --runs "$2" --export-json "$work/$1.json" --style none --output null \
        "$3" > /dev/null 2>&1
}
all() { echo "xargs --arg-file=$work/$1.txt --delimiter='\\n' ${*:2}"; }
measure version 50 "$bin --version"
measure lone 50 "$bin lint $work/lone/deployment.toml"
measure lone-taplo 50 "$taplo lint $work/lone/deployment.toml"
measure tree 10 "$bin lint $tree"
measure tree-taplo 10 "$(all toml "$taplo" lint)"
measure tree-xmllint 10 "$(all xml xmllint --noout)"
measure tree-cat 10 "$(all all cat)"
measure home 20 "$bin lint $home"
measure home-one 20 "$bin lint --threads 1 $home"
measure home-render 20 "$bin render --diff $home"
measure ports 20 "$bin ports $home"
[ -z "${BASE:-}" ] || measure ports-base 20 "$BASE ports $home"
measure homes-500 3 "$bin lint $work/500"
measure homes-2000 3 "$bin lint $work/2000"
# Without wrappers, the peak memory of a child is known to its parent.
peak() { python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"; }
memory="$(peak "$bin" lint "$work/2000")"

python3 - "$work" "$memory" "$(stat --format=%s "$bin")" "$(wc -l < "$work/all.txt")" << 'PYTHON'
import json, os, sys
work, memory, size, files = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]

def result(name):
    return json.load(open(f"{work}/{name}.json"))["results"][0]

def ms(name):
    return result(name)["median"] * 1000

def cpu(name):
    return (result(name)["user"] + result(name)["system"]) * 1000

def row(what, value, against, other, bound):
    print(f"| {what} | {value:.1f} ms | {against}, {other:.1f} ms | {value / other:.2f} | {bound} |")

print("| work | carbonlint | compared with | ratio | bound |")
print("|---|---|---|---|---|")
row("`lint` of one deployment.toml", ms("lone"), "`taplo lint` of it", ms("lone-taplo"), "1.0")
peers = ms("tree-taplo") + ms("tree-xmllint")
row(f"`lint` of a tree with {files} files", ms("tree"), "`taplo lint` and `xmllint --noout` of them", peers, "0.5")
row("the same", ms("tree"), "`cat` of them", ms("tree-cat"), "8")
row("`lint` of a started home", ms("home"), "`render` of it", ms("home-render"), "1.5")
print(f"| the same, CPU time | {cpu('home-one'):.1f} ms | | | 25 ms |")
if os.path.exists(f"{work}/ports-base.json"):
    row("`ports` of it", ms("ports"), "the same before", ms("ports-base"), "1.2")
row("`lint` of 2,000 homes", ms("homes-2000"), "of 500 homes", ms("homes-500"), "4")
print(f"| the same, peak memory | {memory} MiB | | | 300 MiB |")
print(f"| `--version` | {ms('version'):.1f} ms | | | 3 ms |")
print(f"| size of the program | {size / 1e6:.1f} MB | | | 9.4 MB |")
PYTHON
