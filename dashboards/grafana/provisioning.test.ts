import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { jsonFolder } from './generate.ts'

const folder = mkdtempSync(join(tmpdir(), 'hallwatt-provisioning-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const here = 'dashboards/grafana'
const program = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
  return path
}

/** What Grafana reads of a provisioned InfluxDB data source for InfluxQL. */
const dataSourceSchema = z.strictObject({
  apiVersion: z.literal(1),
  prune: z.boolean(),
  datasources: z.tuple([
    z.strictObject({
      name: z.string(),
      uid: z.literal('hallwatt-influxdb'),
      type: z.literal('influxdb'),
      access: z.literal('proxy'),
      url: z.url(),
      isDefault: z.literal(true),
      editable: z.literal(false),
      basicAuth: z.literal(true).optional(),
      basicAuthUser: z.string().optional(),
      jsonData: z.strictObject({
        dbName: z.literal('hallwatt'),
        httpMode: z.literal('POST'),
        httpHeaderName1: z.literal('Authorization').optional(),
      }),
      secureJsonData: z.record(
        z.string(),
        z.string().regex(/\$__file\{\/run\/secrets\/\w+\}$/, 'a secret by its file'),
      ),
    }),
  ]),
})

test.each(['1', '2', '3'])(
  'the data source of InfluxDB %s is one Grafana can read, with its secret in a file',
  (version) => {
    const text = readFileSync(`${here}/provisioning/datasources/influxdb-${version}.yaml`, 'utf8')
    const [source] = dataSourceSchema.parse(parse(text)).datasources
    const byHeader = source.jsonData.httpHeaderName1 !== undefined
    expect(Object.keys(source.secureJsonData)).toEqual([byHeader ? 'httpHeaderValue1' : 'basicAuthPassword'])
    expect(source.basicAuth ?? false).toBe(!byHeader)
  },
)

test('boards are loaded from where the start script puts them', () => {
  const { providers } = parse(readFileSync(`${here}/provisioning/dashboards/hallwatt.yaml`, 'utf8')) as {
    providers: { options: { path: string }; type: string; allowUiUpdates: boolean }[]
  }
  expect(providers).toHaveLength(1)
  expect(providers[0]).toMatchObject({ type: 'file', allowUiUpdates: false })
  expect(readFileSync(`${here}/start.sh`, 'utf8')).toContain(`FILLED:-${providers[0]!.options.path}}`)
})

const start = (console: string) => {
  const filled = join(folder, 'filled')
  const environment = { BOARDS: jsonFolder, FILLED: filled, GRAFANA: program('grafana', 'echo "started $*"') }
  const result = spawnSync('sh', [`${here}/start.sh`, '--flag'], {
    env: { PATH: process.env.PATH, HALLWATT_CONSOLE_URL: console, ...environment },
    encoding: 'utf8',
  })
  return { ...result, filled }
}

test('every link of every board leads to the console of this hall', () => {
  const { filled, stdout, status } = start('https://hall.example/')
  expect([stdout, status]).toEqual(['started --flag\n', 0])
  expect(readdirSync(filled)).toEqual(readdirSync(jsonFolder))
  for (const name of readdirSync(filled)) {
    const text = readFileSync(join(filled, name), 'utf8')
    expect(text).not.toContain('http://127.0.0.1:8080')
    expect(JSON.parse(text)).toMatchObject({ uid: name.replace('.json', '') })
    expect(text).toContain('"query": "https://hall.example"')
  }
})

test.each(['hall.example', 'https://hall.example/|x', 'javascript:alert(1)', 'http://a b'])(
  'Grafana does not start with a console at "%s"',
  (address) => {
    const { status, stderr } = start(address)
    expect(status).toBe(1)
    expect(stderr).toContain('HALLWATT_CONSOLE_URL')
  },
)

test('secrets are made once, for the containers alone, and cover what the compose file names', () => {
  const secrets = join(folder, 'secrets')
  const make = () => execFileSync('sh', [`${here}/make-secrets.sh`, secrets], { encoding: 'utf8' })
  expect(make()).toBe('')
  const compose = parse(readFileSync('docker-compose.yml', 'utf8')) as { secrets: Record<string, { file: string }> }
  const wanted = Object.values(compose.secrets).map(({ file }) => file.replace('./secrets/', ''))
  expect(readdirSync(secrets).sort()).toEqual(wanted.sort())
  expect(statSync(secrets).mode & 0o777).toBe(0o700)
  const read = () => wanted.map((name) => readFileSync(join(secrets, name), 'utf8'))
  const before = read()
  expect(new Set(before).size).toBe(wanted.length)
  for (const secret of before) expect(secret).toMatch(/^(gateway:)?[\w-]{32}=*$/)
  make()
  expect(read()).toEqual(before)
})

test('InfluxDB 2 maps the database and gives one credential to write and one to read, for one bucket', () => {
  const secrets = join(folder, 'influx-secrets')
  mkdirSync(secrets)
  writeFileSync(join(secrets, 'influx_writer'), 'gateway:write:secret')
  writeFileSync(join(secrets, 'influx_reader_password'), 'read-secret')
  const calls = join(folder, 'calls')
  program('influx', `echo "$*" >> ${calls}`)
  const output = execFileSync('bash', [`${here}/influxdb/setup.sh`], {
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      SECRETS: secrets,
      DOCKER_INFLUXDB_INIT_BUCKET_ID: 'b1',
      DOCKER_INFLUXDB_INIT_ORG: 'hallwatt',
    },
    encoding: 'utf8',
  })
  expect(readFileSync(calls, 'utf8').trim().split('\n')).toEqual([
    'v1 dbrp create --org hallwatt --bucket-id b1 --db hallwatt --rp autogen --default',
    'v1 auth create --org hallwatt --write-bucket b1 --username gateway --password write:secret',
    'v1 auth create --org hallwatt --read-bucket b1 --username grafana --password read-secret',
  ])
  expect(output).not.toContain('secret')
  expect(statSync(`${here}/influxdb/setup.sh`).mode & 0o111).not.toBe(0)
})
