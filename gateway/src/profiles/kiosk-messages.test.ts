import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CONTRACT_PROFILES } from './kiosk-contract.ts'
import { kioskMessages } from './kiosk-messages.ts'
import { parseProfile } from './profiles.ts'

const HERE = new URL('../../../', import.meta.url).pathname
const messages = kioskMessages(
  Object.fromEntries(
    CONTRACT_PROFILES.map((id) => {
      const path = `${HERE}device-profiles/${id}.yaml`
      return [id, parseProfile(path, readFileSync(path, 'utf8'))]
    }),
  ),
)
const page = readFileSync(`${HERE}gateway/docs/kiosk-contract.md`, 'utf8')
const NAMES: Record<string, string> = {
  'hallwatt/kiosk': 'terminal',
  'hallwatt/ticket-machine': 'ticketMachine',
  'hallwatt/evaluator': 'evaluator',
}
const examples = [...page.matchAll(/<!-- example: (\S+) (\w+) -->\n```json\n([\s\S]*?)```/g)]
  .map(([, profile, message, json]) => ({ name: NAMES[profile!], message: message!, json: json! }))
  .filter(({ name }) => name !== undefined)

describe('the schema of messages says what the contract shows', () => {
  test.each(examples)('$name $message', ({ name, json }) => {
    expect(messages[name!]?.safeParse(JSON.parse(json)).error).toBeUndefined()
  })
})

test('a word outside the contract, a percentage over 100 and a key nobody knows are refused; null is not', () => {
  const accepts = (values: object) => messages.terminal?.safeParse({ t: 1767225600000, ...values }).success
  expect(accepts({ 'paper.receipt': null })).toBe(true)
  expect(accepts({ 'paper.receipt': 'nearly' })).toBe(false)
  expect(accepts({ 'paperRemaining.receipt': 101 })).toBe(false)
  expect(accepts({ paper: 'ok' })).toBe(false)
})
