#!/usr/bin/env bash
# Somebody of the demo world takes their data along and is erased, against a running `npm start`:
#   live a little, look for every trace (all there), export, delete the account, purge, look again (nothing there).
# Usage: docs/examples/erasure-journey.sh [http://localhost:3000]
# With DATA_DIR, DATABASE_URL and the like as the server has them; LOGS names its log, if that is in a file.
set -euo pipefail

base=${1:-http://localhost:3000}
api=$base/api/v1
ops=${OPS:-npm run --silent ops --}
person=${PERSON:-amina}
password='BrandCoach-demo-2026'
email="$person@example.com"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# call METHOD PATH [BODY] [TOKEN]: leaves the reply in $body and the HTTP status in $status.
call() {
  local args=(-sS -X "$1" -w '\n%{http_code}' "$api$2" -A "${agent:-journey/1.0}")
  [[ -n ${3:-} ]] && args+=(-H 'content-type: application/json' -d "$3")
  [[ -n ${4:-} ]] && args+=(-H "authorization: Bearer $4")
  local reply
  reply=$(curl "${args[@]}")
  status=${reply##*$'\n'}
  body=${reply%$'\n'*}
}
expect() { [[ $status == "$1" ]] || fail "expected $1, got $status: $body"; echo "  $status"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$body" | head -n 1; }
scan() { $ops privacy scan --needles "$scratch/needles.json" ${LOGS:+--logs "$LOGS"}; }

say "1. Sign in as $email and live a little: a new name, a number, words for some and for all"
call POST /auth/login "{\"username\":\"$email\",\"password\":\"$password\",\"session\":\"token\"}"
expect 200
token=$(field token)
name="$person.$RANDOM$RANDOM"
call PATCH /me/account "{\"username\":\"$name\"}" "$token"
expect 200
call PATCH /me/profile '{"bio":"My grandmother kept her prices in a tin box under the bed, and so did I until March."}' "$token"
expect 200
number="+2547$(printf '%08d' $((RANDOM * RANDOM % 100000000)))"
call PUT /me/phone "{\"phone_number\":\"$number\"}" "$token"
expect 202
for _ in $(seq 60); do
  code=$(curl -sS "$base/dev/outbox" | sed 's/{"id":/\n{"id":/g' | grep -F "\"to\":\"$number\"" | sed 's/.*"text":"/ /' | grep -oE '[^0-9][0-9]{6}[^0-9]' | head -n 1 | tr -dc 0-9) || true
  [[ -n $code ]] && break
  sleep 0.5
done
call POST /me/phone/verification "{\"code\":\"$code\"}" "$token"
expect 200
call POST /me/coach-application '{"motivation":"Eleven apprentices have left my table with a machine of their own.","experience":"Saturday lessons above the market since the rains of 2019.","specialties":["Pricing"],"languages":["sw","en"],"hourly_rate":{"amount_minor":150000,"currency":"KES"}}' "$token"
expect 201
call POST /posts '{"content":"The river took the lower stalls again; bring buckets.","category":"story"}' "$token"
expect 201

say '2. What tells of them, taken before; a scan finds all of it'
$ops privacy needles --person "$name" --file "$scratch/needles.json" | sed 's/^/  /'
if scan >"$scratch/before" 2>&1; then fail 'the scan before found nothing'; fi
sed 's/^/  /' "$scratch/before"
# The number is sealed wherever it stands: only who holds the key finds it.
grep -qE '^not found: (none|phone)$' "$scratch/before" || fail 'the scan before does not find everything'

say '3. Take everything along'
call POST /me/exports '' "$token"
expect 202
export_id=$(field export_id)
for _ in $(seq 120); do
  call GET "/me/exports/$export_id" '' "$token"
  [[ $(field status) == ready ]] && break
  sleep 0.5
done
[[ $(field status) == ready ]] || fail "the export is not ready: $body"
echo "  $body"
call POST "/me/exports/$export_id/download-link" '' "$token"
expect 201
curl -sS -o "$scratch/export.zip" "$(field url)"
[[ $(head -c 2 "$scratch/export.zip") == PK ]] || fail 'what was downloaded is no ZIP'
ls -l "$scratch/export.zip" | awk '{ print "  " $5 " bytes" }'

say '4. Delete the account: closed and signed out at once, with a way back by mail'
call POST /me/erasure '{"public_writing":"stays"}' "$token"
expect 202
echo "  $body"
call GET /me '' "$token"
expect 401
call GET "/people/$name"
expect 404
call POST /auth/login "{\"username\":\"$email\",\"password\":\"$password\",\"session\":\"token\"}"
expect 403

say '5. The weeks are over (the operator says so), and the worker erases'
$ops privacy purge --person "$name" --yes | sed 's/^/  /'
rm -f "$scratch/export.zip"

say '6. The same scan finds nothing'
scan | sed 's/^/  /' || fail 'something was left'

say '7. The address is nobody'"'"'s: a wrong password and the right one are answered alike'
call POST /auth/login "{\"username\":\"$email\",\"password\":\"$password\",\"session\":\"token\"}"
expect 401

say 'The journey is over.'
