import { z } from 'zod'
import type { Value } from '../domain/frame.ts'

/** How a command of a profile is sent to a charge point. */

const payloadSchema = z
  .record(z.string(), z.unknown())
  .describe(
    'As OCPP writes it. A text that is one name in braces becomes its value: {value}, {connector}, {transaction}, {idTag}; of a charging profile {kind}, {start} and {duration}: Absolute from a minute ago for what is taken back after a time, else Relative without the other two. What is not known is left out.',
  )

/** What the gateway may ask of a charge point for a command; firmware, diagnostics and reservations are nobody's command. */
export const OCPP_COMMAND_ACTIONS = [
  'ChangeAvailability',
  'ChangeConfiguration',
  'ClearChargingProfile',
  'GetCompositeSchedule',
  'GetConfiguration',
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'Reset',
  'SetChargingProfile',
  'TriggerMessage',
  'UnlockConnector',
] as const

const callSchema = z.strictObject({
  action: z.enum(OCPP_COMMAND_ACTIONS),
  payload: payloadSchema.default({}),
})

export const ocppCallSchema = z.strictObject({
  ...callSchema.shape,
  duringTransaction: payloadSchema.optional().describe('Sent instead while a transaction is under way.'),
  accepts: z.array(z.string()).min(1).default(['Accepted']).describe('Answers that mean yes.'),
  asks: z.array(callSchema).default([]).describe('Sent afterwards, until a reading has shown the effect.'),
})

export type OcppCallRule = z.infer<typeof ocppCallSchema>

/** One question to a charge point, ready for the wire. */
export interface OcppCall {
  readonly action: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** What the names in braces are made of; a name that is missing leaves its field out. */
export interface OcppCallFacts {
  readonly value?: Value | undefined
  /** It is to be taken back after so many seconds. */
  readonly seconds?: number | undefined
  readonly connector: number
  /** Of the transaction under way at the connector. */
  readonly transaction?: number | undefined
  readonly idTag?: string | undefined
  /** Unix ms. */
  readonly at: number
}

/** Fills a rule in: the command itself. */
export function ocppCall(rule: OcppCallRule, facts: OcppCallFacts): OcppCall {
  const during = facts.transaction === undefined ? undefined : rule.duringTransaction
  return { action: rule.action, payload: fill(during ?? rule.payload, namesOf(facts)) as OcppCall['payload'] }
}

/** What is asked afterwards. */
export const ocppAsks = (rule: OcppCallRule, facts: OcppCallFacts): OcppCall[] =>
  rule.asks.map(({ action, payload }) => ({ action, payload: fill(payload, namesOf(facts)) as OcppCall['payload'] }))

/** A charger whose clock is behind by less than this obeys at once. */
const CLOCK_BEHIND_S = 60

/**
 * A Relative schedule counts from the start of the transaction (OCPP 1.6 edition 2, §7.9 and §7.13), so one that ends after a while
 * may be over before it begins: it has to be Absolute. One without an end stays Relative, because that holds whatever the charger's
 * clock says.
 */
const namesOf = ({ at, seconds, ...facts }: OcppCallFacts) => ({
  ...facts,
  ...(seconds === undefined
    ? { kind: 'Relative' }
    : {
        kind: 'Absolute',
        start: new Date(at - CLOCK_BEHIND_S * 1000).toISOString(),
        duration: seconds + CLOCK_BEHIND_S,
      }),
})

const NAME = /^\{(value|connector|transaction|idTag|kind|start|duration)\}$/

function fill(template: unknown, names: Readonly<Record<string, unknown>>): unknown {
  if (typeof template === 'string') {
    const name = NAME.exec(template)?.[1]
    return name === undefined ? template : names[name]
  }
  if (Array.isArray(template)) return template.map((one) => fill(one, names)).filter((one) => one !== undefined)
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(
    Object.entries(template).flatMap(([key, one]): [string, unknown][] => {
      const filled = fill(one, names)
      return filled === undefined ? [] : [[key, filled]]
    }),
  )
}
