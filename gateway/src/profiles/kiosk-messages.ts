import { z } from 'zod'
import { quantityOf } from '../domain/quantity.ts'
import type { Profile } from './profile-schema.ts'

/** Longer text is no version and no serial number; the gateway refuses it too. */
const MAX_TEXT = 256

/** Kinds of messages that are the contract's own; the agent of a UPS passes other names on. */
const OF_PROFILE: Readonly<Record<string, string>> = {
  'hallwatt/kiosk': 'terminal',
  'hallwatt/ticket-machine': 'ticketMachine',
  'hallwatt/evaluator': 'evaluator',
}

const unixMs = z.int().min(0).describe('Unix time in milliseconds.')

const commandSchema = z.strictObject({ id: z.string().min(1), t: unixMs }).describe('To the device.')
const resultSchema = z
  .strictObject({ id: z.string().min(1), ok: z.boolean(), text: z.string().max(200).optional() })
  .describe('Its answer to a self-test.')

/**
 * What devices that speak our contract send and hear, by name: `terminal`, `ticketMachine` and `evaluator` are states and events.
 * Made from the profiles that read them, so the two cannot differ.
 */
export function kioskMessages(profiles: Readonly<Record<string, Profile>>): Record<string, z.ZodType> {
  const devices = Object.entries(OF_PROFILE).flatMap(([id, name]) => {
    const profile = profiles[id]
    return profile ? [[name, messageOf(profile)] as const] : []
  })
  return {
    ...Object.fromEntries(devices),
    online: z.enum(['true', 'false']).describe('Text, not JSON.'),
    command: commandSchema,
    selfTestResult: resultSchema,
  }
}

/** JSON Schema with one definition per message, for terminal vendors. */
export function kioskMessagesJsonSchema(profiles: Readonly<Record<string, Profile>>): object {
  const definitions = Object.entries(kioskMessages(profiles)).map(([name, schema]) => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema)
    return [name, rest] as const
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'hallwatt-kiosk-messages',
    title: 'Messages of terminals, ticket machines and evaluators',
    description: 'Written by `npm run generate`. The contract in words: gateway/docs/kiosk-contract.md.',
    $defs: Object.fromEntries(definitions),
  }
}

function messageOf(profile: Profile): z.ZodType {
  const lines = (profile.mqtt?.messages ?? []).flatMap(({ values }) => values)
  const properties = new Map<string, z.ZodType>()
  for (const { quantity, min, max } of lines)
    properties.set(quantity, valueSchema(quantity, min, max).nullable().optional())
  return z
    .strictObject({ t: unixMs, ...Object.fromEntries(properties) })
    .describe('A state names all the device knows, an event what changed. null: it has the part and does not know.')
}

function valueSchema(quantity: string, min: number | undefined, max: number | undefined): z.ZodType {
  const definition = quantityOf(quantity)
  const about = `${definition?.zh ?? quantity} / ${definition?.en ?? quantity}${definition?.unit ? `, ${definition.unit}` : ''}`
  switch (definition?.type) {
    case 'number': {
      const above = min === undefined ? z.number() : z.number().min(min)
      return (max === undefined ? above : above.max(max)).describe(about)
    }
    case 'boolean':
      return z.boolean().describe(about)
    case 'state':
      return z.enum(definition.states as [string, ...string[]]).describe(about)
    default:
      return z.string().max(MAX_TEXT).describe(about)
  }
}
