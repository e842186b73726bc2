#!/usr/bin/env bash
# The life of an account by curl alone, against a running `npm start`:
#   register, verify by the mailed link, protect by an authenticator app, sign in on two devices, sign one out, reset the password.
# Usage: docs/examples/account-journey.sh [http://localhost:3000]
set -euo pipefail

base=${1:-http://localhost:3000}
api=$base/api/v1
email="journey-$(date +%s)-$RANDOM@example.com"
password='kahawa tatu na mandazi mbili'
new_password='ndizi nne na chai ya tangawizi'

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# call METHOD PATH [BODY] [TOKEN]: prints the body; $status holds the HTTP status.
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

# The token of the newest link that was mailed to our address for this page, out of the outbox of `npm start`.
mailed_token() {
  for _ in $(seq 60); do
    token=$(curl -sS "$base/dev/outbox" | sed 's/{"id":/\n{"id":/g' | grep -F "\"to\":\"$email\"" |
      grep -o "/$1?token=[A-Za-z0-9_-]*" | head -n 1 | cut -d= -f2) || true
    [[ -n $token ]] && return
    sleep 0.5
  done
  fail "no mail for /$1 came"
}

# RFC 6238: HMAC-SHA-1 of the 30-second step under the secret, six digits.
totp() {
  local key step mac offset
  key=$(printf '%s' "$1" | base32 -d | od -An -tx1 -v | tr -d ' \n')
  step=$(printf '%016x' $(($(date +%s) / 30 + ${2:-0})))
  mac=$(printf "$(sed 's/../\\x&/g' <<<"$step")" | openssl dgst -sha1 -mac HMAC -macopt "hexkey:$key" -r | cut -d' ' -f1)
  offset=$((16#${mac:39:1} * 2))
  printf '%06d' $(((16#${mac:offset:8} & 0x7fffffff) % 1000000))
}

say "1. Register $email, agreeing to the terms and the privacy notice in force"
call GET /legal
expect 200
accepted=$(sed 's/{"version" *: *\("[^"]*"\)[^}]*}/\1/g' <<<"$body")
call POST /auth/register "{\"email\":\"$email\",\"password\":\"$password\",\"full_name\":\"Amina of the Journey\",\"accepted\":$accepted}"
expect 202
call POST /auth/login "{\"email\":\"$email\",\"password\":\"$password\"}"
echo "  signing in before the address is verified answers as a wrong password does:"
expect 401

say '2. Verify by the mailed link'
mailed_token verify-email
call POST /auth/email-verifications "{\"token\":\"$token\",\"password\":\"$password\",\"session\":\"token\"}"
expect 200
laptop=$(field token)
call POST /auth/email-verifications "{\"token\":\"$token\",\"password\":\"$password\",\"session\":\"token\"}"
echo '  the same link once more:'
expect 400

say '3. Protect the account by an authenticator app'
call POST /me/totp '' "$laptop"
expect 201
secret=$(field secret)
call POST /me/totp/confirmation "{\"code\":\"$(totp "$secret")\"}" "$laptop"
expect 200
laptop=$(field token)
recovery=$(sed -n 's/.*"recovery_codes":\["\([^"]*\)".*/\1/p' <<<"$body")
echo "  a recovery code: $recovery"

# sign_in AGENT FACTOR: leaves the new session's token in $body.
sign_in() {
  agent=$1
  call POST /auth/login "{\"email\":\"$email\",\"password\":\"$3\",\"session\":\"token\"}"
  expect 202
  local ticket
  ticket=$(field ticket)
  call POST /auth/second-factor "{\"ticket\":\"$ticket\",$2}"
  expect 200
}

say '4. Sign in on two devices, each with a second factor'
sign_in 'Mozilla/5.0 (Linux; Android 14; TECNO KI7) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36' \
  "\"totp\":\"$(totp "$secret" 1)\"" "$password"
phone=$(field token)
sign_in 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' "\"recovery_code\":\"$recovery\"" "$password"
desktop=$(field token)
call GET /me/sessions '' "$desktop"
expect 200
grep -o '"device":[^,]*' <<<"$body" | sed 's/^/  /'

say '5. Sign the phone out from the desktop'
call DELETE "/me/sessions/${phone%%.*}" '' "$desktop"
expect 204
call GET /me '' "$phone"
echo '  the phone now:'
expect 401
call GET /me '' "$laptop"
echo '  the laptop now:'
expect 200

say '6. Set a new password by the mailed link: every device is signed out'
call POST /auth/password-resets "{\"email\":\"$email\"}"
expect 202
mailed_token reset-password
call POST /auth/password-resets/completion "{\"token\":\"$token\",\"new_password\":\"$new_password\"}"
expect 204
for session in "$laptop" "$desktop"; do
  call GET /me '' "$session"
  expect 401
done
call POST /auth/login "{\"email\":\"$email\",\"password\":\"$password\"}"
echo '  the old password:'
expect 401
call POST /auth/login "{\"email\":\"$email\",\"password\":\"$new_password\"}"
echo '  the new one, which still asks for the second factor:'
expect 202

say 'The journey is over.'
