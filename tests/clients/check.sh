#!/usr/bin/env bash
# Generates a Python and a TypeScript client from the OpenAPI document, compiles both, and lets them talk to the real service.
# Needs the development environment (python3 run.py test makes it; or name another in PYTHON), node and npm, and a network.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)

python=${PYTHON:-python3}
[[ -x $project/.venv/bin/python ]] && python=$project/.venv/bin/python
python=$(command -v "$python")
PATH=$(dirname "$python"):$PATH # the generator calls ruff by its name
export PATH PYTHONPATH=$project PYTHONDONTWRITEBYTECODE=1
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

work=$(mktemp -d)
server='' npm=''
leave() {
    for process in $server $npm; do
        kill "$process" 2>/dev/null && wait "$process" || true
    done
    rm -rf "$work"
}
trap leave EXIT
trap 'exit 130' INT TERM

# The slow beginnings go on while the clients are generated.
cd "$work"
port=$("$python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
address=http://127.0.0.1:$port
DATELINE_DATABASE_URL=sqlite:///$work/clients.db "$python" -P -m app serve --port "$port" >server.log 2>&1 &
server=$!
mkdir ts
cp "$here/package.json" "$here/calls.ts" ts/
(cd ts && exec env -u NO_PROXY -u no_proxy npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error) >npm.log 2>&1 &
npm=$!

"$python" -P -m app openapi >openapi.json

# A warning would mean that an operation, a response or a field was left out.
mkdir py
"$python" -P -m openapi_python_client generate --path openapi.json --config "$here/generator.yml" --meta none \
    --output-path py/dateline_client --fail-on-warning
cp "$here/calls.py" py/
(cd py && PYTHONPATH='' "$python" -m mypy --strict --follow-imports=silent --cache-dir=/dev/null calls.py)

wait "$npm" || { cat npm.log >&2; exit 1; }
npm=''
# Without the flag, a field with a default would have to be sent.
(cd ts && node_modules/.bin/openapi-typescript ../openapi.json --output schema.d.ts --default-non-nullable=false)
(cd ts && node_modules/.bin/tsc --strict --noEmitOnError --target es2022 --lib es2022,dom --module nodenext --outDir made calls.ts)

is_ready() { "$python" -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1])' "$address/health/ready" 2>/dev/null; }
until is_ready; do
    if ! kill -0 "$server" 2>/dev/null || ((SECONDS > 80)); then
        cat server.log >&2
        echo "check.sh: the service did not become ready" >&2
        exit 1
    fi
    sleep 0.2
done

by_python=$(cd py && PYTHONPATH='' "$python" calls.py "$address")
by_typescript=$(cd ts && node made/calls.js "$address")
echo "$by_python calls by the Python client, $by_typescript by the TypeScript client; $SECONDS s"
