import * as files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkProfiles, checkSummary, renderCheck } from './check-profiles.ts'
import { listProfiles, renderList } from './list-profiles.ts'

let folder = ''

beforeEach(async () => {
  folder = await files.mkdtemp(join(tmpdir(), 'check-'))
  await files.mkdir(join(folder, 'acme'))
})

afterEach(() => files.rm(folder, { recursive: true }))

const METER = `vendor: Acme
model: Meter
kind: meter
title: { zh: 电表, en: Meter }
source: [{ document: manual }]
modbus:
  registers:
    - { quantity: voltageL1, address: 1, type: uint16, scale: 0.1, unit: V, confidence: unverified }
    - { quantity: frequency, address: 2, type: uint16, scale: 0.01, unit: Hz }
`

const write = (name: string, text: string) => files.writeFile(join(folder, 'acme', name), text)
const check = async () => {
  const reports = await checkProfiles(folder, files)
  return { text: renderCheck(reports), summary: checkSummary(reports) }
}

test('a profile whose cases all come out right is ok, and what no case speaks of is named', async () => {
  await write('meter.yaml', METER)
  await write('meter.cases.yaml', '- { name: mains, words: { holding: { 1: [2301] } }, expect: { voltageL1: 230.1 } }')
  const { text, summary } = await check()
  expect(text).toBe('ok    acme/meter                    1 case\n      no case speaks of: frequency')
  expect(summary).toEqual({ profiles: 1, cases: 1, failed: 0 })
})

test('a case that comes out differently fails and says what came instead', async () => {
  await write('meter.yaml', METER)
  const cases = `- { name: mains, words: { holding: { 0x1: [2301] } }, expect: { voltageL1: 231 }, bad: { frequency: out-of-range } }
- { name: another variant, variant: old, words: { holding: { 1: [1] } } }
- { name: a message, topic: a, payload: "1" }
`
  await write('meter.cases.yaml', cases)
  const { text, summary } = await check()
  expect(text).toContain('FAIL  acme/meter                    3 cases, 3 failed')
  expect(text).toContain('voltageL1 should be 231, but the profile gives 230.1')
  expect(text).toContain('frequency should be bad (out-of-range), but the profile gives not-available')
  expect(text).toContain('"old" is no variant of this profile.')
  expect(text).toContain('The case gives a topic, but this is a Modbus profile: give words.')
  expect(summary).toEqual({ profiles: 1, cases: 3, failed: 1 })
})

test('a profile without cases fails, and so does one that cannot be read', async () => {
  await write('meter.yaml', METER)
  await write('other.yaml', 'vendor: Acme')
  const { text, summary } = await check()
  expect(text).toContain('There are no cases')
  expect(text).toContain('is missing')
  expect(summary).toEqual({ profiles: 2, cases: 0, failed: 2 })
})

test('cases with a slip in them are shown with line and column', async () => {
  await write('meter.yaml', METER)
  await write('meter.cases.yaml', '- name: mains\n  words: { holding: { 1: [70000] } }\n')
  const { text } = await check()
  expect(text).toMatch(/acme\/meter\.cases\.yaml has 1 problem:\n\s+2:\d+ {2}\[0\]\.words\.holding\.1\[0\] .*65535/)
})

test('only the files that were asked for are checked', async () => {
  await write('meter.yaml', METER)
  await write('other.yaml', 'vendor: Acme')
  const reports = await checkProfiles(folder, files, ['acme/meter.yaml'])
  expect(reports.map(({ id }) => id)).toEqual(['acme/meter'])
})

test('the list has one row per profile, and tells how many of its figures are weak', async () => {
  await write('meter.yaml', METER)
  await write('other.yaml', 'vendor: Acme')
  const { rows, problems } = await listProfiles(folder, files)
  expect(rows).toEqual([
    {
      id: 'acme/meter',
      kind: 'meter',
      zh: '电表',
      en: 'Meter',
      level: 'draft',
      via: 'modbus',
      points: 2,
      variants: [],
      weak: 1,
    },
  ])
  expect(problems).toHaveLength(1)
  expect(renderList(rows).split('\n')).toEqual([
    'profile     kind        via        level  points  weak  title',
    'acme/meter  meter       modbus     draft       2     1  电表',
  ])
})
