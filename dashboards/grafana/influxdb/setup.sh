#!/bin/bash
# Runs once, when InfluxDB 2 sets itself up: what the gateway and Grafana need besides the bucket.
#   - the mapping of the database "hallwatt" to the bucket, without which InfluxQL finds nothing
#   - a credential that may only write (gateway) and one that may only read (grafana), both for this bucket alone
set -eu
secrets=${SECRETS:-/run/secrets}
bucket=$DOCKER_INFLUXDB_INIT_BUCKET_ID
org=$DOCKER_INFLUXDB_INIT_ORG
writer=$(cat "$secrets/influx_writer") # user:password, as the gateway reads it
influx v1 dbrp create --org "$org" --bucket-id "$bucket" --db hallwatt --rp autogen --default >/dev/null
influx v1 auth create --org "$org" --write-bucket "$bucket" --username "${writer%%:*}" --password "${writer#*:}" >/dev/null
influx v1 auth create --org "$org" --read-bucket "$bucket" --username grafana --password "$(cat "$secrets/influx_reader_password")" >/dev/null
echo "hallwatt: database mapped, gateway may write, grafana may read"
