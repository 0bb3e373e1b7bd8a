import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeHallFolder } from '../../test/support/hall-folder.ts'
import { repairHall } from '../http/signed-in-fixture.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from '../store/sqlite-store.ts'
import { userDeskOverHttp } from './user-over-http.ts'

const program = join(import.meta.dirname, '..', 'main.ts')

async function hallwattUser(...args: string[]): Promise<{ code: number; output: string }> {
  const { HALLWATT_HTTP_TOKEN: _none, ...env } = process.env
  const child = spawn(process.execPath, [program, 'user', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

test('users of a stopped hall are managed from the command line', async () => {
  const hall = await makeHallFolder({ devices: [] })
  onTestFinished(() => hall.remove())
  const config = ['--config', hall.file]
  const added = await hallwattUser('add', 'zhang', '--role', 'technician,guide', ...config)
  expect(added).toMatchObject({ code: 0, output: expect.stringMatching(/^(.{4}-){3}.{4}\n$/) })
  expect((await hallwattUser('list', ...config)).output).toMatch(/^zhang +technician,guide {2}\(one-time password\)\n$/)
  expect(await hallwattUser('remove', 'li', ...config)).toMatchObject({
    code: 1,
    output: expect.stringContaining('HW_AUTH_USER_UNKNOWN'),
  })
})

test('while the gateway owns the store, the command says what it needs', async () => {
  const hall = await makeHallFolder({ devices: [] })
  onTestFinished(() => hall.remove())
  const store = await openStore({ directory: join(hall.folder, 'store'), clock: systemClock, log: silentLog })
  onTestFinished(() => store.close())
  const { code, output } = await hallwattUser('list', '--config', hall.file)
  expect(code).toBe(1)
  expect(output).toContain('HW_GATEWAY_RUNNING')
  expect(output).toContain('HALLWATT_HTTP_TOKEN')
})

test('a running gateway does it over HTTP, and its refusals keep their codes', async () => {
  const token = 'correct-horse-battery-staple'
  const hall = await repairHall({ token })
  const desk = userDeskOverHttp(hall.url, token)
  const { password } = await desk.add('zhang', ['technician'])
  expect(await hall.auth.login('zhang', password, '127.0.0.1')).toMatchObject({ ok: true })
  await desk.setRoles('zhang', ['lead'])
  expect(await desk.list()).toMatchObject([{ name: 'zhang', roles: ['lead'] }])
  await expect(desk.add('zhang', ['lead'])).rejects.toMatchObject({ code: 'HW_AUTH_USER_EXISTS' })
  await desk.remove('zhang')
  expect(await desk.list()).toEqual([])
})
