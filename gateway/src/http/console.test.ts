import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { httpHall } from './http-fixture.ts'

const PAGE = '<!doctype html><title>Hallwatt</title>'

/** A build as Vite leaves it. */
async function builtConsole(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-console-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), PAGE)
  await writeFile(join(folder, 'sw.js'), '// worker')
  await writeFile(join(folder, 'assets', 'index-abc.js'), 'console.log(1)')
  await writeFile(join(folder, 'assets', 'index-abc.js.gz'), gzipSync('console.log(1)'))
  return folder
}

test('a link out of a chat opens the console, which reads the rest of the address', async () => {
  const hall = await httpHall({ consoleFolder: await builtConsole() })
  for (const path of ['/', '/m/orders/DH-0512-07', '/ops/devices/kiosk-02', '/settings/users', '/login?to=%2Fm']) {
    const answer = await hall.get(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(await answer.text()).toBe(PAGE)
  }
})

test('files with a hash in their name are kept for a year and come compressed as they were built', async () => {
  const hall = await httpHall({ consoleFolder: await builtConsole() })
  const answer = await hall.get('/assets/index-abc.js', { headers: { 'accept-encoding': 'gzip' } })
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(await answer.text()).toBe('console.log(1)')
})

test('the service worker is asked for anew each time, or a phone would keep an old console', async () => {
  const hall = await httpHall({ consoleFolder: await builtConsole() })
  expect((await hall.get('/sw.js')).headers.get('cache-control')).toBe('no-cache')
})

test('the page may run no script and load no style but the gateway’s own', async () => {
  const hall = await httpHall({ consoleFolder: await builtConsole() })
  const policy = (await hall.get('/')).headers.get('content-security-policy')
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("default-src 'none';")
  expect(policy).not.toContain('unsafe')
})

test('an address that is no page is not answered with the console', async () => {
  const hall = await httpHall({ consoleFolder: await builtConsole() })
  expect((await hall.get('/no-such-page')).status).toBe(404)
  expect((await hall.get('/assets/../../package.json')).status).toBe(404)
})

test('without a build the gateway serves its API, and says how to get the pages', async () => {
  const hall = await httpHall({ consoleFolder: '/nowhere' })
  const answer = await hall.get('/')
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain('npm run console:build')
  expect((await hall.get('/api/v1/overview')).status).toBe(200)
})
