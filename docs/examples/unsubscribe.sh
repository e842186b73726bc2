#!/usr/bin/env bash
# A mail that may be switched off, against a running `npm start`: somebody answers, its mail has a link; opening the link changes nothing,
# one click stops the mails (RFC 8058), and the list in the application goes on.
# Usage: docs/examples/unsubscribe.sh [http://localhost:3000]
set -euo pipefail

base=${1:-http://localhost:3000}
api=$base/api/v1
author=${AUTHOR:-amina}
reader=${READER:-kwame}
password='BrandCoach-demo-2026'

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

token_of() {
  curl -sS "$api/auth/login" -H 'content-type: application/json' \
    -d "{\"username\":\"$1\",\"password\":\"$password\",\"session\":\"token\"}" | sed -n 's/.*"token":"\([^"]*\)".*/\1/p'
}
answer() {
  curl -sS -X POST "$api/posts/$post_id/comments" -H 'content-type: application/json' -H "authorization: Bearer $readers" \
    -d "{\"content\":\"$1\"}" >/dev/null
}
# The newest link that unsubscribes, of mails that the platform has written.
links() { curl -sS "$base/dev/outbox" | grep -o 'unsubscribe?token=[A-Za-z0-9_-]*\.email\.community\.[A-Za-z0-9_-]*' || true; }
mails() { links | wc -l; }
told() { curl -sS "$api/me/notifications" -H "authorization: Bearer $authors" | { grep -o '"type":"community"' || true; } | wc -l; }
# await COMMAND COUNT
await() {
  for _ in $(seq 200); do
    [[ $($1) -ge $2 ]] && return
    sleep 0.1
  done
  fail "$1: $2 were expected"
}

say "1. $author writes, $reader answers, and $author is mailed"
authors=$(token_of "$author")
readers=$(token_of "$reader")
[[ -n $authors && -n $readers ]] || fail 'nobody could sign in: is the demo world loaded?'
post_id=$(curl -sS -X POST "$api/posts" -H 'content-type: application/json' -H "authorization: Bearer $authors" \
  -d '{"title":"Which day for the market?","content":"Saturday is full.","category":"question"}' | sed -n 's/.*"post_id":"\([^"]*\)".*/\1/p')
before=$(mails)
answer 'Tuesday, after the school run.'
await mails $((before + 2)) # as text and as HTML
token=$(links | sed -n '1s/.*token=//p')
echo "  $api/notifications/unsubscribe?token=${token:0:24}…"

say '2. A scanner opens the link: it leads to a page, and nothing has changed'
curl -sS -o /dev/null -w '  %{http_code} %{redirect_url}\n' "$api/notifications/unsubscribe?token=$token" | cut -c 1-80
curl -sS "$api/notifications/subscription?token=$token" | sed 's/^/  /'
[[ $(curl -sS "$api/notifications/subscription?token=$token") == *'"is_on":true'* ]] || fail 'opening it changed something'

printf '\n'
say '3. One click in a mail program'
curl -sS "$api/notifications/unsubscribe?token=$token" -d 'List-Unsubscribe=One-Click' | sed 's/^/  /'

printf '\n'
say "4. $reader answers again: it stands in $author's list, and no mail leaves"
mailed=$(mails)
listed=$(told)
answer 'And bring the blue cloth.'
await told $((listed + 1))
sleep 3
[[ $(mails) == "$mailed" ]] || fail 'a mail was sent all the same'

say '5. It was a mistake: on again'
curl -sS -X PUT "$api/notifications/subscription?token=$token" -H 'content-type: application/json' -d '{"is_on":true}' | sed 's/^/  /'
printf '\n'
answer 'I take two tables.'
await mails $((mailed + 1))
say 'One click was enough, and none was lost'
