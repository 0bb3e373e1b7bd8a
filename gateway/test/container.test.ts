import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const duration = z.string().regex(/^\d+(ms|s|m|h)$/)
const commandLine = z.array(z.string()).min(1)

/** The part of the Compose Specification that the file uses; a key outside it is a slip. */
const serviceSchema = z.strictObject({
  build: z.string().optional(),
  image: z.string().regex(/:\d+\.\d+\.\d+$/, 'a pinned version'),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  init: z.literal(true),
  user: z.string().refine((user) => !/^(root|0)(:|$)/.test(user), 'not root'),
  read_only: z.literal(true).optional(),
  tmpfs: z.array(z.string().startsWith('/')),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  entrypoint: commandLine.optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()),
  secrets: z.array(z.string()),
  volumes: z.array(z.string().regex(/^[^:]+:\/[^:]+(:ro)?$/)),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'on loopback only')).optional(),
  healthcheck: z
    .strictObject({
      test: commandLine.refine(([how]) => how === 'CMD'),
      interval: duration,
      timeout: duration,
      start_period: duration,
      retries: z.int().positive(),
    })
    .optional(),
  deploy: z.strictObject({
    resources: z.strictObject({
      limits: z.strictObject({ cpus: z.string().regex(/^\d+(\.\d+)?$/), memory: z.string().regex(/^\d+[MG]$/) }),
    }),
  }),
})
const composeSchema = z.strictObject({
  services: z.record(z.string(), serviceSchema),
  secrets: z.record(z.string(), z.strictObject({ file: z.string().startsWith('./secrets/') })),
  volumes: z.record(z.string(), z.null()),
})

const { services, secrets, volumes } = composeSchema.parse(parse(readFileSync('docker-compose.yml', 'utf8')))
const dockerfile = readFileSync('Dockerfile', 'utf8')
const named = Object.entries(services)

/** What the people of the hall put there: it is not in the repository. */
const OF_THE_HALL = ['./hall']
/** InfluxDB 2 writes its configuration beside its binary folders; its documentation knows no read-only way. */
const WRITABLE = ['influxdb']
/** Which files may read which variables of ours. */
const READ_IN: Readonly<Record<string, string>> = { gateway: 'gateway/src', grafana: 'dashboards/grafana/start.sh' }
/** Variables of other makers' images, as their documentation names them. */
const FOREIGN = {
  influxdb:
    /^(DOCKER_INFLUXDB_INIT_(MODE|ORG|BUCKET|USERNAME|PASSWORD_FILE|ADMIN_TOKEN_FILE|RETENTION)|INFLUXD_[A-Z_]+)$/,
  grafana: /^GF_(SECURITY|USERS|DASHBOARDS|ANALYTICS|NEWS|PLUGINS)_[A-Z]+(_[A-Z]+)*(__FILE)?$/,
}

test('gateway, InfluxDB and Grafana: pinned, unprivileged, limited, on loopback', () => {
  expect(Object.keys(services)).toEqual(['gateway', 'influxdb', 'grafana'])
})

test.each(named)('%s cannot write into its image unless it has to, and its health is asked', (name, service) => {
  expect(service.read_only ?? false).toBe(!WRITABLE.includes(name))
  const health =
    service.build === undefined ? service.healthcheck?.test.join(' ') : /^HEALTHCHECK/m.exec(dockerfile)?.[0]
  expect(health).toBeDefined()
  for (const other of Object.keys(service.depends_on ?? {})) expect(services[other]?.healthcheck).toBeDefined()
})

test('every secret and volume that a service names is declared, and none is left over', () => {
  const usedSecrets = named.flatMap(([, service]) => service.secrets)
  const usedVolumes = named.flatMap(([, service]) => service.volumes.map((volume) => volume.split(':')[0]!))
  expect(new Set(usedSecrets)).toEqual(new Set(Object.keys(secrets)))
  expect(new Set(usedVolumes.filter((volume) => !volume.startsWith('.')))).toEqual(new Set(Object.keys(volumes)))
})

test('every path that is mounted exists, and nothing of the repository can be written to', () => {
  const mounts = named.flatMap(([, service]) => service.volumes).filter((volume) => volume.startsWith('.'))
  expect(mounts.length).toBeGreaterThan(3)
  for (const mount of mounts) {
    const [path] = mount.split(':')
    expect(mount).toMatch(/:ro$/)
    if (!OF_THE_HALL.includes(path!)) expect(existsSync(path!), path).toBe(true)
  }
})

test.each(named)('every environment variable of %s is one that it reads', (name, { environment }) => {
  for (const variable of Object.keys(environment).filter((one) => one !== 'TZ')) {
    if (!variable.startsWith('HALLWATT_')) {
      expect(variable).toMatch(FOREIGN[name as keyof typeof FOREIGN])
      continue
    }
    const plain = variable.replace(/_FILE$/, '')
    const found = execFileSync('git', ['grep', '-l', '-w', plain, '--', READ_IN[name]!], { encoding: 'utf8' })
    expect(found, variable).not.toBe('')
  }
})

test.each(named)('every secret that %s or a file mounted into it reads is given to it', (_, service) => {
  const files = service.volumes.map((volume) => volume.split(':')[0]!).filter((path) => /\.(sh|yaml)$/.test(path))
  const texts = [...Object.values(service.environment), ...files.map((path) => readFileSync(path, 'utf8'))]
  for (const [, secret] of texts.join('\n').matchAll(/(?:\/run\/secrets|\$secrets)\/(\w+)/g))
    expect(service.secrets).toContain(secret)
})

test('the image copies only what exists, and starts the gateway as a user without rights', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '))
  expect(copied.length).toBeGreaterThan(3)
  for (const path of copied) expect(existsSync(path), path).toBe(true)
  expect(dockerfile).toMatch(/^USER node$/m)
  expect(dockerfile).toContain('gateway/src/main.ts')
})

test('the image runs the gateway with the same flags as the launcher', () => {
  const launcher = readFileSync('bin/hallwatt.mjs', 'utf8')
  const flags = [...launcher.matchAll(/'(--[a-z-]+=\d+)'/g)].map(([, flag]) => flag!)
  expect(flags.length).toBeGreaterThan(0)
  for (const flag of flags) expect(dockerfile).toContain(flag)
})
