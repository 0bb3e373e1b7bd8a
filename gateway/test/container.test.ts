import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

/** The part of the Compose Specification that the file uses; a key outside it is a slip. */
const serviceSchema = z.strictObject({
  build: z.string(),
  image: z.string().regex(/:\d+\.\d+\.\d+$/, 'a pinned version'),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  init: z.boolean(),
  user: z.string().refine((user) => user !== 'root'),
  read_only: z.literal(true),
  tmpfs: z.array(z.string()),
  cap_drop: z.array(z.literal('ALL')),
  security_opt: z.array(z.literal('no-new-privileges:true')),
  environment: z.record(z.string(), z.string()),
  secrets: z.array(z.string()),
  volumes: z.array(z.string()),
  ports: z.array(z.string().startsWith('127.0.0.1:')),
  deploy: z.strictObject({
    resources: z.strictObject({ limits: z.strictObject({ cpus: z.string(), memory: z.string() }) }),
  }),
})
const composeSchema = z.strictObject({
  services: z.record(z.string(), serviceSchema),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
  volumes: z.record(z.string(), z.null()),
})

const compose = () => composeSchema.parse(parse(readFileSync('docker-compose.yml', 'utf8')))
const dockerfile = readFileSync('Dockerfile', 'utf8')
const sources = execFileSync('git', ['grep', '-h', '-o', 'HALLWATT_[A-Z_]*', '--', 'gateway/src'], { encoding: 'utf8' })

test('the compose file is well formed: pinned, unprivileged, read-only, on loopback', () => {
  expect(Object.keys(compose().services)).toContain('gateway')
})

test('every secret and volume that a service names is declared', () => {
  const { services, secrets, volumes } = compose()
  for (const service of Object.values(services)) {
    for (const secret of service.secrets) expect(Object.keys(secrets)).toContain(secret)
    const named = service.volumes.map((volume) => volume.split(':')[0]!).filter((volume) => !volume.startsWith('.'))
    for (const volume of named) expect(Object.keys(volumes)).toContain(volume)
  }
})

test('every environment variable of the gateway is one that it reads', () => {
  const known = new Set(sources.split('\n'))
  const given = Object.keys(compose().services.gateway?.environment ?? {}).filter((name) =>
    name.startsWith('HALLWATT_'),
  )
  expect(given.length).toBeGreaterThan(0)
  for (const name of given) expect(known).toContain(name.replace(/_FILE$/, ''))
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
