#!/bin/sh
# Makes the secrets of docker-compose.yml that are not there yet, in ./secrets or the folder given. Nothing is printed.
# The folder is closed to others; the files can be read by the containers, which run as users of their own.
set -eu
folder=${1:-secrets}
umask 077
mkdir -p "$folder"
random() { head -c 24 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'; }
keep() {
  [ -e "$folder/$1" ] && return
  printf '%s' "$2" >"$folder/$1"
  chmod 444 "$folder/$1"
}
for name in http_token influx_admin_password influx_admin_token influx_reader_password grafana_admin_password; do
  keep "$name" "$(random)"
done
keep influx_writer "gateway:$(random)"
