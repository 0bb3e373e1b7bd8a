import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FAULT_CODES } from '../domain/fault-codes.ts'
import { PARTS, partWord } from '../domain/part-states.ts'
import { QUANTITIES, quantityOf } from '../domain/quantity.ts'
import { CONTRACT_PROFILES, renderKioskContract } from './kiosk-contract.ts'
import { compileMqtt } from './mqtt-mapping.ts'
import { parseProfile } from './profiles.ts'

const HERE = new URL('../../../', import.meta.url).pathname
const page = readFileSync(`${HERE}gateway/docs/kiosk-contract.md`, 'utf8')
const profileOf = (id: string) => {
  const path = `${HERE}device-profiles/${id}.yaml`
  return parseProfile(path, readFileSync(path, 'utf8'))
}
const FAULTS: Readonly<Record<string, { readonly zh: string; readonly seenIn?: readonly string[] }>> = FAULT_CODES
const parts = Object.entries<{ qualifier?: string; words: Record<string, { zh: string; en: string; fault?: string }> }>(
  PARTS,
)

test('the tables of the contract say what the vocabulary says (npm run generate brings them up to date)', () => {
  expect(renderKioskContract(page, CONTRACT_PROFILES.map(profileOf))).toBe(page)
})

const examples = [...page.matchAll(/<!-- example: (\S+) (\w+) -->\n```json\n([\s\S]*?)```/g)].map(
  ([, profile, message, json]) => ({ profile: profile!, message: message!, json: json! }),
)

test('every kind of device that speaks the contract has an example', () => {
  expect([...new Set(examples.map(({ profile }) => profile))]).toEqual(CONTRACT_PROFILES)
})

describe('an example of the contract is understood word by word', () => {
  test.each(examples)('$profile $message', async ({ profile, message, json }) => {
    const compiled = compileMqtt(profileOf(profile).mqtt!, { hall: 'demo', device: 'd1' })
    const written = JSON.parse(json) as Record<string, unknown>
    const [result] = await compiled.map(`hallwatt/demo/d1/${message}`, Buffer.from(json), 1_767_225_700_000)
    if (!result?.ok) throw new Error(`not understood: ${JSON.stringify(result)}`)
    expect(result.message.bad).toBeUndefined()
    expect(result.message.at).toBe(written.t)
    if (profile === 'hallwatt/ups') expect(Object.keys(result.message.values)).toHaveLength(11)
    else expect({ t: written.t, ...result.message.values }).toEqual(written)
  })
})

describe('the vocabulary of parts', () => {
  test('every fault of the taxonomy is said by a word or found in a quantity', () => {
    const said = new Set(parts.flatMap(([, { words }]) => Object.values(words).map(({ fault }) => fault)))
    const found = Object.entries(FAULTS).filter(([, { seenIn }]) => seenIn?.length)
    const known = new Set([...said, ...found.map(([code]) => code)])
    expect(Object.keys(FAULT_CODES).filter((code) => !known.has(code))).toEqual([])
    expect(Object.keys(FAULT_CODES)).toHaveLength(84)
  })

  test('no two words stand for the same fault, so a fault has one place', () => {
    const faults = parts.flatMap(([, { words }]) => Object.values(words).flatMap(({ fault }) => fault ?? []))
    expect(faults.filter((fault, i) => faults.indexOf(fault) !== i)).toEqual([])
  })

  test('every quantity a fault is found in exists', () => {
    const names = Object.values(FAULTS).flatMap(({ seenIn }) => seenIn ?? [])
    expect(names.filter((name) => !Object.hasOwn(QUANTITIES, name))).toEqual([])
  })

  test.each(parts)('%s has a healthy word, and every word is in Chinese and English', (name, { words, qualifier }) => {
    const id = qualifier ? `${name}.receipt` : name
    expect(quantityOf(id)?.states).toEqual(Object.keys(words))
    expect(Object.values(words)[0]?.fault).toBeUndefined()
    for (const { zh, en } of Object.values(words)) {
      expect(zh).toMatch(/\p{Script=Han}/u)
      expect(en).toMatch(/^[A-Z][A-Za-z -]*$/)
    }
  })

  test('a word leads to its fault, also behind a dot, and an unknown word to none', () => {
    expect(partWord('paper.invoice', 'low')?.fault).toBe('prn.paper_low')
    expect(partWord('app', 'ok')?.fault).toBeUndefined()
    expect(partWord('app', 'constructor')).toBeUndefined()
    expect(partWord('toString', 'ok')).toBeUndefined()
  })
})
