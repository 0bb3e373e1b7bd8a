#!/bin/sh
# Starts Grafana with boards whose links lead to this hall's console: provisioned JSON knows no environment.
#   HALLWATT_CONSOLE_URL  where browsers reach the gateway, for example https://hall.example
#   BOARDS, FILLED        folders of the boards as they are, and as Grafana loads them
#   GRAFANA               what is started then
set -eu
boards=${BOARDS:-/etc/hallwatt/boards}
filled=${FILLED:-/tmp/hallwatt}
case "$HALLWATT_CONSOLE_URL" in
  http://*[!A-Za-z0-9.:/_~-]* | https://*[!A-Za-z0-9.:/_~-]*)
    echo "HALLWATT_CONSOLE_URL has characters that do not belong into an address." >&2
    exit 1
    ;;
  http://* | https://*) ;;
  *)
    echo "HALLWATT_CONSOLE_URL must begin with http:// or https://." >&2
    exit 1
    ;;
esac
mkdir -p "$filled"
for board in "$boards"/*.json; do
  sed "s|http://127.0.0.1:8080|${HALLWATT_CONSOLE_URL%/}|g" "$board" >"$filled/${board##*/}"
done
exec "${GRAFANA:-/run.sh}" "$@"
