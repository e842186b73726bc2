#!/usr/bin/env bash
# The live stream by curl, against a running `npm start`: listen, lose the connection, have things happen meanwhile, come back
# with the last id. What was missed arrives, in order and once; then what comes.
# Usage: docs/examples/stream.sh [http://localhost:3000]
set -euo pipefail

base=${1:-http://localhost:3000}
api=$base/api/v1
author=${AUTHOR:-amina}
reader=${READER:-kwame}
password='BrandCoach-demo-2026'
scratch=$(mktemp -d)
trap 'kill "${listening:-}" 2>/dev/null || true; rm -rf "$scratch"' EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

token_of() {
  curl -sS "$api/auth/login" -H 'content-type: application/json' \
    -d "{\"username\":\"$1\",\"password\":\"$password\",\"session\":\"token\"}" | sed -n 's/.*"token":"\([^"]*\)".*/\1/p'
}
# post PATH BODY: as the reader.
post() { curl -sS -X POST "$api$1" -H 'content-type: application/json' -H "authorization: Bearer $2" -d "$3"; }

# listen FILE [LAST-EVENT-ID]: as the author, in the background.
listen() {
  curl -sS -N "$api/stream" -H "authorization: Bearer $authors" ${2:+-H "Last-Event-ID: $2"} >"$1" &
  listening=$!
}
leave() { kill "$listening"; wait "$listening" 2>/dev/null || true; }
# await FILE COUNT: until so many notifications have come.
await() {
  for _ in $(seq 150); do
    [[ $(grep -c '^event: notification' "$1" || true) -ge $2 ]] && return
    sleep 0.1
  done
  fail "$2 notifications were expected: $(cat "$1")"
}
last_id() { sed -n 's/^id: //p' "$1" | tail -n 1; }
show() { grep -E '^(id|event):' "$1" | sed 's/^/  /'; sed -n 's/^data: .*"title":"\([^"]*\)".*"seq":\([0-9]*\).*/  \2 \1/p;s/^data: .*"seq":\([0-9]*\).*"title":"\([^"]*\)".*/  \1 \2/p' "$1"; }
numbers() { grep -A1 -B1 '^event: notification' "$1" | sed -n 's/^id: //p' | tr '\n' ' '; }

say "1. $author has written something, and listens"
authors=$(token_of "$author")
readers=$(token_of "$reader")
[[ -n $authors && -n $readers ]] || fail 'nobody could sign in: is the demo world loaded?'
written=$(post /posts "$authors" '{"title":"Which day for the market?","content":"Saturday is full. Who would come on a Tuesday?","category":"question"}')
post_id=$(sed -n 's/.*"post_id":"\([^"]*\)".*/\1/p' <<<"$written")
[[ -n $post_id ]] || fail "$written"
listen "$scratch/first"
for _ in $(seq 50); do [[ -s $scratch/first ]] && break; sleep 0.1; done
say "2. $reader answers, and $author is told at once"
post "/posts/$post_id/comments" "$readers" '{"content":"Tuesday, after the school run."}' >/dev/null
await "$scratch/first" 1
show "$scratch/first"
last=$(last_id "$scratch/first")

say "3. The connection is lost after event $last; meanwhile $reader answers three times more"
leave
for word in 'And bring the blue cloth.' 'I take two tables.' 'My sister comes as well.'; do
  post "/posts/$post_id/comments" "$readers" "{\"content\":\"$word\"}" >/dev/null
  sleep 0.3
done
sleep 3

say "4. $author comes back with Last-Event-ID: $last"
listen "$scratch/second" "$last"
await "$scratch/second" 3
show "$scratch/second"
[[ $(numbers "$scratch/second") == "$((last + 1)) $((last + 2)) $((last + 3)) " ]] || fail 'not in order, or not once'

say '5. … and goes on listening'
post "/posts/$post_id/comments" "$readers" '{"content":"Settled then: Tuesday."}' >/dev/null
await "$scratch/second" 4
[[ $(numbers "$scratch/second") == "$((last + 1)) $((last + 2)) $((last + 3)) $((last + 4)) " ]] || fail 'not in order, or not once'
leave
say 'Nothing was lost, nothing came twice'
