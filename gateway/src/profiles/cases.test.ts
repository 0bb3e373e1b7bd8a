import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../documents/documents.ts'
import { casesSchema } from './cases-schema.ts'
import { uncoveredBy } from './check-profiles.ts'
import { type Profile, parseProfile } from './profiles.ts'
import { runCase } from './run-case.ts'

const directory = fileURLToPath(new URL('../../../device-profiles/', import.meta.url))
const files = globSync('**/*.yaml', { cwd: directory }).sort()
const profileIds = files.filter((file) => !file.endsWith('.cases.yaml')).map((file) => file.slice(0, -'.yaml'.length))
const casesIds = files
  .filter((file) => file.endsWith('.cases.yaml'))
  .map((file) => file.slice(0, -'.cases.yaml'.length))

const profiles = new Map<string, Profile>()

function profileOf(id: string): Profile {
  const profile = profiles.get(id) ?? parseProfile(`${id}.yaml`, readFileSync(`${directory}${id}.yaml`, 'utf8'))
  profiles.set(id, profile)
  return profile
}

function casesOf(id: string) {
  const path = `${directory}${id}.cases.yaml`
  if (!existsSync(path)) return []
  const parsed = parseDocument(readFileSync(path, 'utf8'), casesSchema)
  return parsed.ok ? parsed.value : []
}

test('there are profiles to check', () => {
  expect(profileIds.length).toBeGreaterThanOrEqual(12)
})

test.each(casesIds)('%s.cases.yaml belongs to a profile and can be read', (id) => {
  expect(profileIds).toContain(id)
  const parsed = parseDocument(readFileSync(`${directory}${id}.cases.yaml`, 'utf8'), casesSchema)
  expect(parsed.ok ? [] : parsed.problems).toEqual([])
})

describe.each(profileIds)('%s', (id) => {
  test('has cases', () => {
    expect(casesOf(id)).not.toEqual([])
  })

  test('every register is covered by a case', () => {
    const profile = profileOf(id)
    if (profile.modbus) expect(uncoveredBy(profile, casesOf(id))).toEqual([])
    // What messages and answers say is checked whole, case by case.
    else expect(casesOf(id).length).toBeGreaterThan(0)
  })

  test.each(casesOf(id).map((one) => ({ one, name: one.name })))('$name', async ({ one }) => {
    expect(await runCase(profileOf(id), one)).toEqual([])
  })
})
