import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

// Whole processes are started, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 120_000 })

const main = fileURLToPath(new URL('../../bin/hallwatt.mjs', import.meta.url))
const demo = fileURLToPath(new URL('../halls/demo.yaml', import.meta.url))
let folder = ''
let hall = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devices-import-'))
  hall = join(folder, 'hall.yaml')
  await copyFile(demo, hall)
})

afterEach(() => rm(folder, { recursive: true }))

async function hallwatt(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [main, ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

const list = async (text: string | Buffer) => {
  const file = join(folder, 'list.csv')
  await writeFile(file, text)
  return file
}

const FORTY = `编号,名称,档案,区域,线路,站号
shop-{01..40},商户{}号表,chint/ddsu666,自助区,power-room-bus,{101..140}
`

test('forty equal meters from two lines: a dry run shows them, then they are written, and the hall is valid', async () => {
  const file = await list(FORTY)
  const before = await readFile(hall, 'utf8')
  const dry = await hallwatt('devices', 'import', file, '--config', hall, '--dry-run')
  expect(dry.code).toBe(0)
  expect(dry.stdout.match(/^\+ {2}- \{ id: shop-/gm)).toHaveLength(40)
  expect(dry.stdout).toContain('40 added, 0 changed, 0 as they were; a dry run writes nothing.')
  expect(await readFile(hall, 'utf8')).toBe(before)

  expect((await hallwatt('devices', 'import', file, '--config', hall)).code).toBe(0)
  const after = await readFile(hall, 'utf8')
  const added = after.split('\n').filter((line) => line.includes('id: shop-'))
  expect(added.at(-1)).toContain(
    'name: 商户40号表, profile: chint/ddsu666, zone: self-service, link: power-room-bus, unitId: 140',
  )
  // Without the new lines it is the file it was, comments and all.
  expect(after.split('\n').filter((line) => !added.includes(line))).toEqual(before.split('\n'))
  expect((await hallwatt('check', hall)).code).toBe(0)
})

test('a list as Excel saves it on a Chinese Windows is read', async () => {
  // 编号,名称,档案,区域,线路,站号 and a meter called 东表, in GB 18030.
  const heading = Buffer.from('b1e0bac52cc3fbb3c62cb5b5b0b82cc7f8d3f22ccfdfc2b72cd5beBAc5'.toLowerCase(), 'hex')
  const row = Buffer.concat([
    Buffer.from('\r\nmeter-east,'),
    Buffer.from('b6abb1ed', 'hex'),
    Buffer.from(',eastron/sdm230,power-room,power-room-bus,99\r\n'),
  ])
  const file = await list(Buffer.concat([heading, row]))
  const run = await hallwatt('devices', 'import', file, '--config', hall)
  expect(run.stderr).toBe('')
  expect(await readFile(hall, 'utf8')).toContain('{ id: meter-east, name: 东表, profile: eastron/sdm230')
})

test('a list with mistakes writes nothing and tells all of them with line and column', async () => {
  const file = await list(`id,name,profile,zone,link,unitId
shop-1,一号,chint/ddsu66,self-service,power-room-bus,101
shop-2,二号,chint/ddsu666,shelf-service,power-room-buss,102
meter-main,总表,eastron/sdm630,power-room,power-room-bus,7
Shop 4,四号,chint/ddsu666,self-service,power-room-bus,400
`)
  const before = await readFile(hall, 'utf8')
  const run = await hallwatt('devices', 'import', file, '--config', hall)
  expect(run.code).toBe(1)
  const places = run.stderr.split('\n').flatMap((line) => /list\.csv:(\d+:\d+ {2}\w+)/.exec(line)?.[1] ?? [])
  expect(places).toEqual(['2:3  profile', '3:4  zone', '3:5  link', '4:1  id', '5:1  id', '5:6  unitId'])
  expect(run.stderr).toContain('Did you mean "chint/ddsu666"?')
  expect(run.stderr).toContain('Nothing was written.')
  expect(await readFile(hall, 'utf8')).toBe(before)
})
